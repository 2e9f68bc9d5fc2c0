package dev.stepback.command;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class LockCommandsTest {
    private final Desk desk = new Desk();
    private final HiddenNamespaces authorizer = desk.authorizer;
    private final FakeLocks locks = desk.locks;

    @Test
    void lock_holdsForANamespaceOrEverything() {
        assertThat(dispatch("lock production because the database moves"))
                .isInstanceOfSatisfying(Reply.Locked.class, r -> {
                    assertThat(r.lock().namespace()).contains("production");
                    assertThat(r.lock().reason()).isEqualTo("the database moves");
                    assertThat(r.known()).isTrue();
                });
        assertThat(dispatch("lock because freeze"))
                .isInstanceOfSatisfying(
                        Reply.Locked.class,
                        r -> assertThat(r.lock().namespace()).isEmpty());
        assertThat(dispatch("lock -n prodution because freeze"))
                .isInstanceOfSatisfying(
                        Reply.Locked.class, r -> assertThat(r.known()).isFalse());
    }

    @Test
    void secondLock_namesWhoLockedSinceWhenAndWhy() {
        dispatch("lock production because the database moves");
        assertThat(dispatch("lock production because I say so"))
                .isEqualTo(new Reply.Refused("It is locked already: responder has locked rollbacks in production since"
                        + " 2026-11-21 14:00 UTC: the database moves. Nothing may start until they are unlocked."));
    }

    @Test
    void unlock_takesAwayWhatIsThere() {
        dispatch("lock production because the database moves");
        assertThat(dispatch("unlock"))
                .isInstanceOfSatisfying(
                        Reply.Refused.class,
                        r -> assertThat(r.why()).contains("No lock of everything", "in production since"));
        assertThat(dispatch("unlock production")).isInstanceOf(Reply.Unlocked.class);
        assertThat(dispatch("unlock production")).isEqualTo(new Reply.Refused("No lock of production is there."));
    }

    @Test
    void lockThatIsDenied_isSaid() {
        locks.denied = "not for you";
        assertThat(dispatch("lock because freeze")).isEqualTo(new Reply.Refused("not for you"));
    }

    @Test
    void locks_areShownInListAndHelpToThoseWhoMaySee() {
        dispatch("lock production because the database moves");
        assertThat(((Reply.ShowList) dispatch("list")).locks()).hasSize(1);
        assertThat(((Reply.Help) dispatch("help")).locks()).hasSize(1);
        authorizer.secret = true;
        authorizer.hidden.add("production");
        assertThat(((Reply.ShowList) dispatch("list")).locks()).isEmpty();
    }

    private Reply dispatch(String text) {
        return desk.dispatch(text);
    }
}
