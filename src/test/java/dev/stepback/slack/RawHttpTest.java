package dev.stepback.slack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What strangers can do to the port, byte by byte. */
class RawHttpTest {
    private static final int PATIENCE = 15_000;
    private static final String POST = "POST /slack/events HTTP/1.1\r\nHost: x\r\n";
    private static final String FORM = "Content-Type: application/x-www-form-urlencoded\r\n";
    private static EndpointProcess server;

    @BeforeAll
    static void start() throws Exception {
        server = EndpointProcess.start();
    }

    @AfterAll
    static void stop() throws Exception {
        assertThat(server.isAlive()).isTrue();
        server.close();
    }

    private static Socket connect() throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port);
        socket.setSoTimeout(PATIENCE);
        return socket;
    }

    private static Socket sent(String text) throws IOException {
        Socket socket = connect();
        socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
        socket.getOutputStream().flush();
        return socket;
    }

    /** The first line of the answer; empty when the connection was closed without one. */
    private static String statusLine(Socket socket) throws IOException {
        StringBuilder line = new StringBuilder();
        try {
            for (int c = socket.getInputStream().read();
                    c >= 0 && c != '\r';
                    c = socket.getInputStream().read()) {
                line.append((char) c);
            }
        } catch (SocketException reset) {
            // closed as well
        }
        return line.toString();
    }

    private static String answer(String request) throws IOException {
        try (Socket socket = sent(request)) {
            return statusLine(socket);
        }
    }

    private static boolean healthy() {
        try {
            return answer("GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n").contains(" 200 ");
        } catch (IOException e) {
            return false;
        }
    }

    @Test
    void tooLargeBody_isRefusedBeforeItIsSent() throws Exception {
        assertThat(answer(POST + FORM + "Content-Length: 1048577\r\n\r\n")).contains(" 413 ");
    }

    @Test
    void tooLargeBody_inChunks_isNotReadToItsEnd() throws Exception {
        String chunk = "10000\r\n" + "x".repeat(0x10000) + "\r\n";
        try (Socket socket = sent(POST + FORM + "Transfer-Encoding: chunked\r\n\r\n")) {
            OutputStream out = socket.getOutputStream();
            assertThat(written(out, chunk, 1000)).isLessThan(1000);
        }
        assertThat(healthy()).isTrue();
    }

    @Test
    void bodies_takeBoundedMemoryTogether() throws Exception {
        List<Socket> open = new ArrayList<>();
        try {
            for (int i = 0; i < 40; i++) {
                open.add(sent(POST + FORM + "Content-Length: 1048000\r\n\r\nx"));
            }
            int busy = 0;
            for (Socket socket : open) {
                busy += statusLine(socket).contains(" 503 ") ? 1 : 0;
            }
            assertThat(busy).isGreaterThan(20);
        } finally {
            for (Socket socket : open) {
                socket.close();
            }
        }
        await().atMost(Duration.ofSeconds(20))
                .until(() -> answer(POST + FORM + "Content-Length: 1\r\n\r\nx").contains(" 401 "));
    }

    @Test
    void otherContentTypes_are415() throws Exception {
        assertThat(answer(POST + "Content-Length: 0\r\n\r\n")).contains(" 415 ");
        assertThat(answer(POST + "Content-Type: text/plain\r\nContent-Length: 2\r\n\r\nhi"))
                .contains(" 415 ");
        assertThat(answer(POST + "Content-Type: Application/JSON; charset=utf-8\r\nContent-Length: 2\r\n\r\n{}"))
                .contains(" 401 ");
    }

    @Test
    void otherMethodsAndPaths_are405And404() throws Exception {
        assertThat(answer("GET /slack/events HTTP/1.1\r\nHost: x\r\n\r\n")).contains(" 405 ");
        assertThat(answer("DELETE /healthz HTTP/1.1\r\nHost: x\r\n\r\n")).contains(" 405 ");
        assertThat(answer("GET /slack/events/../../healthz HTTP/1.1\r\nHost: x\r\n\r\n"))
                .contains(" 404 ");
        assertThat(answer("GET /slack HTTP/1.1\r\nHost: x\r\n\r\n")).contains(" 404 ");
        assertThat(answer("OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n")).doesNotContain(" 200 ");
        assertThat(answer("HEAD /healthz HTTP/1.1\r\nHost: x\r\n\r\n")).contains(" 200 ");
    }

    @Test
    void nonsense_isNotAnsweredWithMore() throws Exception {
        assertThat(answer("\r\n\r\n\r\n")).doesNotContain(" 200 ");
        assertThat(answer("\u0016\u0003\u0001\u0002\u0000\u0001\u0000\r\n\r\n")).doesNotContain(" 200 ");
        assertThat(answer(POST + "Content-Length: -5\r\n\r\n")).doesNotContain(" 200 ");
        assertThat(answer(POST + "Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\nx"))
                .doesNotContain(" 200 ");
        assertThat(healthy()).isTrue();
    }

    @Test
    void endlessHeaders_areCutOff() throws Exception {
        try (Socket line = sent("GET /")) {
            assertThat(written(line.getOutputStream(), "x".repeat(0x10000), 2000))
                    .isLessThan(2000);
        }
        try (Socket one = sent("GET /healthz HTTP/1.1\r\nHost: ")) {
            assertThat(written(one.getOutputStream(), "x".repeat(0x10000), 2000))
                    .isLessThan(2000);
        }
        try (Socket many = sent("GET /healthz HTTP/1.1\r\n")) {
            assertThat(written(many.getOutputStream(), "X-A: b\r\n".repeat(1000), 2000))
                    .isLessThan(2000);
        }
        assertThat(healthy()).isTrue();
    }

    @Test
    void slowSenders_areCutOff_andProbesDoNotWaitForThem() throws Exception {
        List<Socket> slow = new ArrayList<>();
        try {
            for (int i = 0; i < 20; i++) {
                slow.add(sent("GET /healthz HTTP/1.1\r\nX-Slow: "));
                slow.add(sent(POST + FORM + "Content-Length: 100\r\n\r\nhalf"));
            }
            assertThat(healthy()).isTrue();
            for (Socket socket : slow) {
                assertThat(statusLine(socket)).doesNotContain(" 200 ");
            }
        } finally {
            for (Socket socket : slow) {
                socket.close();
            }
        }
    }

    @Test
    void connections_areBounded_andFreeAgain() throws Exception {
        List<Socket> open = new ArrayList<>();
        try {
            for (int i = 0; i < 300; i++) {
                open.add(sent("G"));
            }
            await().atMost(Duration.ofSeconds(30)).until(RawHttpTest::healthy);
        } catch (SocketException refused) {
            await().atMost(Duration.ofSeconds(30)).until(RawHttpTest::healthy);
        } finally {
            for (Socket socket : open) {
                socket.close();
            }
        }
    }

    /** How many of these could be sent before the other side had enough. */
    private static int written(OutputStream out, String piece, int most) {
        byte[] bytes = piece.getBytes(StandardCharsets.ISO_8859_1);
        for (int i = 0; i < most; i++) {
            try {
                out.write(bytes);
                out.flush();
            } catch (IOException closed) {
                return i;
            }
        }
        return most;
    }
}
