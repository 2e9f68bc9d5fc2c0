package dev.stepback.slack;

import java.time.Duration;

/** A call to Slack that did not do what it was for. */
abstract sealed class SlackFailure extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private SlackFailure(String message) {
        super(message);
    }

    @Override
    public String getMessage() {
        return String.valueOf(super.getMessage());
    }

    /** Too many calls: nothing happened, and the same call may be made again after a while. */
    static final class RateLimited extends SlackFailure {
        private static final long serialVersionUID = 1L;
        private final Duration retryAfter;

        RateLimited(String method, Duration retryAfter) {
            super(method + ": ratelimited, retry after " + retryAfter.toSeconds() + " s");
            this.retryAfter = retryAfter;
        }

        Duration retryAfter() {
            return retryAfter;
        }
    }

    /** Slack says no, and would say so again. */
    static final class Refused extends SlackFailure {
        private static final long serialVersionUID = 1L;
        private final String error;

        /** @param detail such as the scope that is missing; may be empty */
        Refused(String method, String error, String detail) {
            super(method + ": " + error + (detail.isEmpty() ? "" : " (" + detail + ")"));
            this.error = error;
        }

        String error() {
            return error;
        }
    }

    /** No answer, or not one that tells whether anything happened. */
    static final class Unreachable extends SlackFailure {
        private static final long serialVersionUID = 1L;

        Unreachable(String method, String why) {
            super(method + ": " + why);
        }
    }
}
