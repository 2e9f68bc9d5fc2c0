package dev.stepback;

import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Ends the process when it is told to, by SIGTERM or Ctrl-C, in less than ten seconds whatever else hangs. */
final class Shutdown {
    private static final Logger LOG = LoggerFactory.getLogger(Shutdown.class);
    private static final Duration WITHIN = Duration.ofSeconds(9);

    private Shutdown() {}

    /**
     * @param close is run once, when the process is told to end; the process ends when it is done, or without it
     * @return takes it back, for a process that ends by itself
     */
    static Runnable whenTold(Runnable close) {
        Thread hook = new Thread(() -> run(close), "shutdown");
        Runtime.getRuntime().addShutdownHook(hook);
        return () -> {
            try {
                Runtime.getRuntime().removeShutdownHook(hook);
            } catch (IllegalStateException e) {
                LOG.debug("it has been told to stop meanwhile");
            }
        };
    }

    /** Closes one after the other; one that fails is logged and keeps none of the others open. */
    static void inTurn(Runnable... closings) {
        for (Runnable close : closings) {
            try {
                close.run();
            } catch (RuntimeException e) {
                LOG.error("could not be closed as it should", e);
            }
        }
    }

    private static void run(Runnable close) {
        LOG.info("told to stop");
        Thread closing = new Thread(close, "closing");
        closing.setDaemon(true);
        closing.start();
        try {
            closing.join(WITHIN.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (closing.isAlive()) {
            LOG.warn("not stopped within {} s, ending as it is", WITHIN.toSeconds());
        } else {
            LOG.info("stopped");
        }
    }
}
