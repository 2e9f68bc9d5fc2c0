package dev.stepback.slack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.JsonParser;
import dev.stepback.config.StepbackConfig;
import dev.stepback.redaction.Redactor;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import okhttp3.FormBody;
import okhttp3.MediaType;
import okhttp3.OkHttpClient;
import okhttp3.Protocol;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;
import okhttp3.ResponseBody;
import okio.Buffer;
import org.junit.jupiter.api.Test;

/** What is left of a secret in requests that the bot sends to Slack, whoever has drawn them. */
class OutgoingTest {
    private static final MediaType JSON = MediaType.get("application/json");
    private static final MediaType FILE = MediaType.get("application/octet-stream");

    private final AtomicReference<Request> sent = new AtomicReference<>();
    private final OkHttpClient client = new OkHttpClient.Builder()
            .addInterceptor(new Outgoing(
                    new Redactor(StepbackConfig.defaults().redaction().secretNames()), new References("token")))
            .addInterceptor(chain -> {
                sent.set(chain.request());
                return new Response.Builder()
                        .request(chain.request())
                        .protocol(Protocol.HTTP_1_1)
                        .code(200)
                        .message("OK")
                        .body(ResponseBody.create("", JSON))
                        .build();
            })
            .build();

    @Test
    void parameters_areMasked_andWhatSlackGoesByIsLeft() throws Exception {
        FormBody form = (FormBody) body(new FormBody.Builder()
                .add("channel", "C0INCIDENTS")
                .add("thread_ts", "1795300304.687582")
                .add("text", "failed with password=hunter2")
                .add("blocks", "[{\"text\":\"token: hunter2\"}]")
                .build());

        assertThat(form.value(0)).isEqualTo("C0INCIDENTS");
        assertThat(form.value(1)).isEqualTo("1795300304.687582");
        assertThat(form.value(2)).isEqualTo("failed with password=" + Redactor.MASK);
        assertThat(JsonParser.parseString(form.value(3)))
                .isEqualTo(JsonParser.parseString("[{\"text\":\"token: " + Redactor.MASK + "\"}]"));
    }

    @Test
    void json_isMasked() throws Exception {
        assertThat(text(body(RequestBody.create("{\"text\":\"password=hunter2\"}", JSON))))
                .isEqualTo("{\"text\":\"password=" + Redactor.MASK + "\"}");
    }

    /** It was masked when it was made; if not, it is better not sent than cut. */
    @Test
    void fileWithASecret_isNotSent() throws Exception {
        assertThatThrownBy(() -> body(RequestBody.create("+ password=hunter2", FILE)))
                .isInstanceOf(IOException.class)
                .hasMessageNotContaining("hunter2");
        assertThat(sent.get()).isNull();

        assertThat(text(body(RequestBody.create("+ image: checkout:1.4", FILE))))
                .isEqualTo("+ image: checkout:1.4");
    }

    private RequestBody body(RequestBody body) throws IOException {
        Request request =
                new Request.Builder().url("http://127.0.0.1/api/any").post(body).build();
        client.newCall(request).execute().close();
        return Optional.ofNullable(sent.get()).map(Request::body).orElseThrow();
    }

    private static String text(RequestBody body) throws IOException {
        Buffer buffer = new Buffer();
        body.writeTo(buffer);
        return buffer.readUtf8();
    }
}
