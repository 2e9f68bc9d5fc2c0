package dev.stepback.stage;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;

/**
 * A network between a client and a server on this machine. Connections through it can be made to carry nothing any more
 * without being closed, as when a machine on the way is gone; those that are made later work.
 */
public final class Link implements AutoCloseable {
    private final ServerSocket entrance;
    private final int server;
    private final List<Connection> connections = new ArrayList<>();

    /** @param server port of the server */
    public Link(int server) throws IOException {
        this.server = server;
        entrance = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        start("link", this::accept);
    }

    /** The port to connect to. */
    public int port() {
        return entrance.getLocalPort();
    }

    /** What is said over the connections that there are comes through no longer. Returns their number. */
    public synchronized int freeze() {
        int living = (int) connections.stream().filter(c -> !c.frozen).count();
        connections.forEach(c -> c.frozen = true);
        return living;
    }

    private void accept() {
        try {
            while (true) {
                Connection connection = new Connection(entrance.accept());
                synchronized (this) {
                    connections.add(connection);
                }
                start("link-there", () -> connection.carry(connection.client, connection.upstream));
                start("link-back", () -> connection.carry(connection.upstream, connection.client));
            }
        } catch (IOException closed) {
            // the end
        }
    }

    private static void start(String name, Runnable task) {
        Thread thread = new Thread(task, name);
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public synchronized void close() throws IOException {
        entrance.close();
        for (Connection connection : connections) {
            connection.close();
        }
    }

    private final class Connection {
        private final Socket client;
        private final Socket upstream;
        private volatile boolean frozen;

        Connection(Socket client) throws IOException {
            this.client = client;
            upstream = new Socket(InetAddress.getLoopbackAddress(), server);
        }

        private void carry(Socket from, Socket to) {
            byte[] buffer = new byte[8192];
            try {
                InputStream in = from.getInputStream();
                OutputStream out = to.getOutputStream();
                for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                    if (!frozen) {
                        out.write(buffer, 0, n);
                        out.flush();
                    }
                }
                if (!frozen) {
                    close();
                }
            } catch (IOException closed) {
                // the other direction sees it, too
            }
        }

        private void close() throws IOException {
            client.close();
            upstream.close();
        }
    }
}
