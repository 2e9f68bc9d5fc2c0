package dev.stepback.slack;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import com.google.gson.JsonPrimitive;
import dev.stepback.redaction.Redactor;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Set;
import okhttp3.FormBody;
import okhttp3.Interceptor;
import okhttp3.MediaType;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;
import okio.Buffer;

/**
 * The last look at everything that goes to Slack, whoever drew it: credentials of a known form, values of secret names, and
 * the bot's own secrets are masked in every text of every request. What only looks random is masked where it comes from,
 * where it is known what may be shown.
 *
 * <p>A body of another kind, such as an uploaded file, cannot be changed here, for its length has been announced: it is not
 * sent when there is anything to mask in it.
 *
 * <p>And what comes back from Slack with a click or a modal is signed here, see {@link References}, whoever drew it.
 */
final class Outgoing implements Interceptor {
    /** They say what is meant and where it goes, to Slack and to the bot itself. */
    private static final Set<String> REFERENCES = Set.of(
            "token",
            "type",
            "channel",
            "channel_id",
            "channels",
            "ts",
            "thread_ts",
            "user",
            "users",
            "trigger_id",
            "view_id",
            "hash",
            "cursor",
            "action_id",
            "block_id",
            "callback_id",
            "external_id",
            "envelope_id",
            "event_type",
            "event_payload",
            "private_metadata",
            "response_type",
            "response_action",
            "style",
            "url",
            "upload_url");

    /** Parameters that are JSON; in any other, what looks like it is somebody's text. */
    private static final Set<String> STRUCTURED =
            Set.of("blocks", "view", "attachments", "metadata", "files", "dialog", "unfurls", "user_auth_blocks");

    private final Redactor redactor;
    private final References references;

    Outgoing(Redactor redactor, References references) {
        this.redactor = redactor;
        this.references = references;
    }

    @Override
    public Response intercept(Chain chain) throws IOException {
        Request request = chain.request();
        RequestBody body = request.body();
        return chain.proceed(
                body == null
                        ? request
                        : request.newBuilder()
                                .method(request.method(), masked(body))
                                .build());
    }

    private RequestBody masked(RequestBody body) throws IOException {
        if (body instanceof FormBody form) {
            FormBody.Builder masked = new FormBody.Builder(StandardCharsets.UTF_8);
            for (int i = 0; i < form.size(); i++) {
                masked.add(form.name(i), parameter(form.name(i), form.value(i)));
            }
            return masked.build();
        }
        Buffer content = new Buffer();
        body.writeTo(content);
        String text = content.snapshot().utf8();
        MediaType type = body.contentType();
        if (type != null && type.subtype().equals("json")) {
            return RequestBody.create(json(text).getBytes(StandardCharsets.UTF_8), type);
        }
        if (!redactor.reference(text).equals(text)) {
            throw new IOException("there is a secret in it, so it was not sent");
        }
        return RequestBody.create(content.readByteArray(), type);
    }

    private String parameter(String name, String value) {
        if (REFERENCES.contains(name)) {
            return value;
        }
        return STRUCTURED.contains(name) ? json(value) : redactor.reference(value);
    }

    /** What a delivery is answered with: JSON or plain text. */
    String body(String text) {
        return text.startsWith("{") || text.startsWith("[") ? json(text) : redactor.reference(text);
    }

    /** The same JSON, with its texts masked; as a text when it is no JSON. */
    private String json(String text) {
        try {
            return masked(JsonParser.parseString(text)).toString();
        } catch (JsonParseException e) {
            return redactor.reference(text);
        }
    }

    private void sign(JsonObject object, String purpose, String reference) {
        if (object.get(purpose) instanceof JsonPrimitive id
                && object.get(reference) instanceof JsonPrimitive value
                && !value.getAsString().isEmpty()) {
            String signed = references.signed(References.purpose(id.getAsString()), value.getAsString());
            object.addProperty(reference, signed);
        }
    }

    /** A copy with its texts masked. */
    private JsonElement masked(JsonElement json) {
        if (json instanceof JsonArray array) {
            JsonArray masked = new JsonArray();
            array.forEach(item -> masked.add(masked(item)));
            return masked;
        }
        if (json instanceof JsonObject object) {
            JsonObject masked = new JsonObject();
            for (Map.Entry<String, JsonElement> field : object.entrySet()) {
                masked.add(
                        field.getKey(),
                        REFERENCES.contains(field.getKey()) ? field.getValue() : masked(field.getValue()));
            }
            sign(masked, "action_id", "value");
            sign(masked, "callback_id", "private_metadata");
            return masked;
        }
        return json instanceof JsonPrimitive value && value.isString()
                ? new JsonPrimitive(redactor.reference(value.getAsString()))
                : json;
    }
}
