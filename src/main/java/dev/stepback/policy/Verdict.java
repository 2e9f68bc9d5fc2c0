package dev.stepback.policy;

/**
 * An answer of the policy.
 *
 * @param why when denied, sentences for the person who wanted it; otherwise empty
 * @param undecided denied, but only because Slack or the cluster could not be asked: a later try may be allowed
 * @param elsewhere denied, but the same is allowed from another channel
 */
public record Verdict(boolean allowed, String why, boolean undecided, boolean elsewhere) {
    public static final Verdict ALLOWED = new Verdict(true, "", false);

    public Verdict(boolean allowed, String why, boolean undecided) {
        this(allowed, why, undecided, false);
    }

    static Verdict denied(String why) {
        return new Verdict(false, why, false);
    }

    static Verdict undecided(String why) {
        return new Verdict(false, why, true);
    }

    Verdict elsewhere(boolean allowed) {
        return new Verdict(false, why, undecided, allowed);
    }
}
