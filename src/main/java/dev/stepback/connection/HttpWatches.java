package dev.stepback.connection;

import io.fabric8.kubernetes.client.http.AsyncBody;
import io.fabric8.kubernetes.client.http.HttpRequest;
import io.fabric8.kubernetes.client.http.Interceptor;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Makes the events of a watch pure ASCII before the client reads them, by writing other characters as JSON escapes.
 *
 * <p>Where no websocket comes through (some proxies), the client watches by plain HTTP. It then decodes each buffer by itself
 * and reads the decoder's whole array: a character that lies across two buffers is lost, and each buffer with any but
 * ASCII characters leaves NULs before the next event, which ends the watch for good.
 */
final class HttpWatches implements Interceptor {
    static final String NAME = "http-watches";

    @Override
    public AsyncBody.Consumer<List<ByteBuffer>> consumer(
            AsyncBody.Consumer<List<ByteBuffer>> consumer, HttpRequest request) {
        return isWatch(request) ? new Ascii(consumer) : consumer;
    }

    private static boolean isWatch(HttpRequest request) {
        String query = request.uri().getRawQuery();
        return query != null && List.of(query.split("&")).contains("watch=true");
    }

    /** Buffers of one response come one after the other. */
    private static final class Ascii implements AsyncBody.Consumer<List<ByteBuffer>> {
        private final AsyncBody.Consumer<List<ByteBuffer>> consumer;

        /** The bytes so far of a character that goes on in the next buffer. */
        private final ByteArrayOutputStream begun = new ByteArrayOutputStream(4);

        /** How many bytes of it are still to come. */
        private int missing;

        Ascii(AsyncBody.Consumer<List<ByteBuffer>> consumer) {
            this.consumer = consumer;
        }

        @Override
        public void consume(List<ByteBuffer> buffers, AsyncBody body) throws Exception {
            consumer.consume(buffers.stream().map(this::ascii).toList(), body);
        }

        @Override
        public <U> U unwrap(Class<U> type) {
            return consumer.unwrap(type);
        }

        private ByteBuffer ascii(ByteBuffer buffer) {
            ByteArrayOutputStream out = new ByteArrayOutputStream(buffer.remaining() + 32);
            while (buffer.hasRemaining()) {
                byte next = buffer.get();
                if (next >= 0) {
                    end(out);
                    out.write(next);
                } else {
                    notAscii(next, out);
                }
            }
            return ByteBuffer.wrap(out.toByteArray());
        }

        private void notAscii(byte next, ByteArrayOutputStream out) {
            boolean continues = (next & 0xC0) == 0x80;
            if (!continues) {
                end(out);
                missing = next >= (byte) 0xF0 ? 4 : next >= (byte) 0xE0 ? 3 : 2;
            }
            begun.write(next);
            missing--;
            if (missing <= 0) {
                end(out);
            }
        }

        /** Writes what has come of a character; one that was cut off becomes the replacement character. */
        private void end(ByteArrayOutputStream out) {
            if (begun.size() > 0) {
                String text = begun.toString(StandardCharsets.UTF_8);
                text.chars().forEach(c -> out.writeBytes("\\u%04x".formatted(c).getBytes(StandardCharsets.US_ASCII)));
                begun.reset();
            }
            missing = 0;
        }
    }
}
