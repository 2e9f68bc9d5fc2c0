package dev.stepback.policy;

/**
 * An answer of the policy.
 *
 * @param why when denied, sentences for the person who wanted it; otherwise empty
 * @param undecided denied, but only because Slack or the cluster could not be asked: a later try may be allowed
 */
public record Verdict(boolean allowed, String why, boolean undecided) {
    public static final Verdict ALLOWED = new Verdict(true, "", false);

    static Verdict denied(String why) {
        return new Verdict(false, why, false);
    }

    static Verdict undecided(String why) {
        return new Verdict(false, why, true);
    }
}
