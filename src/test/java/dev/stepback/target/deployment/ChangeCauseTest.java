package dev.stepback.target.deployment;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stepback.redaction.Redactor;
import dev.stepback.target.Attribution;
import dev.stepback.target.Revision;
import dev.stepback.target.workload.ChangeCause;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class ChangeCauseTest {
    @Test
    void approved_namesWhoAskedWhoApprovedWhyAndTheRollback() {
        assertThat(cause(List.of("Lea"), "5xx since noon", false))
                .isEqualTo("rolled back to revision 3 by Stepback (checkout-x1), asked by Ana, approved by Lea:"
                        + " 5xx since noon");
    }

    @Test
    void severalApprovers_areNamedAsLongAsTheyAreFew() {
        assertThat(cause(List.of("Lea", "Bo"), "", false)).endsWith("approved by Lea and Bo");
        assertThat(cause(List.of("Lea", "Bo", "Cy"), "", false)).endsWith("approved by Lea, Bo and Cy");
        assertThat(cause(List.of("Lea", "Bo", "Cy", "Di", "Eve"), "", false))
                .endsWith("approved by Lea, Bo, Cy and 2 more");
    }

    @Test
    void withoutApproval_saysWhetherNoneWasNeeded() {
        assertThat(cause(List.of(), "", false)).endsWith("asked by Ana, no approval needed");
        assertThat(cause(List.of(), "on fire", true)).endsWith("asked by Ana, without approval (break glass): on fire");
    }

    /** Nobody said why revision 5 was released: what Stepback had said of revision 4 is still on the Deployment. */
    @Test
    void causeThatALaterReleaseInherited_isNotItsOwn() {
        String cause = cause(List.of("Lea"), "5xx since noon", false);
        assertThat(causes(revision(5, cause), revision(4, cause, 3L), revision(2, "release 2")))
                .containsExactly("", cause, "release 2");
        assertThat(causes(revision(6, cause, 3L, 4L), revision(5, cause)))
                .as("restored again by kubectl, which brings the cause back")
                .containsExactly(cause, "");
        assertThat(causes(revision(5, cause), revision(4, cause)))
                .as("a ControllerRevision does not tell which numbers it had")
                .containsExactly("", cause);
        assertThat(causes(revision(5, "release 2"), revision(4, "release 2")))
                .as("what somebody else wrote is shown as kubectl shows it")
                .containsExactly("release 2", "release 2");
    }

    private static List<String> causes(Revision... newestFirst) {
        return ChangeCause.withoutInherited(List.of(newestFirst)).stream()
                .map(Revision::changeCause)
                .toList();
    }

    private static Revision revision(long number, String cause, Long... earlier) {
        return new Revision(
                number,
                "h" + number,
                List.of(earlier),
                Map.of(),
                cause,
                Instant.EPOCH,
                0,
                "h" + number,
                true,
                Optional.empty());
    }

    @Test
    void longAndHostileText_isOneBoundedLineThatKeepsTheRollback() {
        String long1 = "x\ny\u2028".repeat(500);
        String cause = ChangeCause.of(
                "3",
                new Attribution(
                        "checkout-x1", long1, List.of(long1, long1, long1, long1), "password=hunter2 " + long1, false),
                new Redactor(List.of(Pattern.compile("password")))::text);

        assertThat(cause)
                .hasSizeLessThanOrEqualTo(500)
                .contains("(checkout-x1)", "and 1 more: password=" + Redactor.MASK)
                .doesNotContain("\n", "\u2028", "hunter2");
    }

    private static String cause(List<String> approvers, String reason, boolean brokeGlass) {
        return ChangeCause.of("3", new Attribution("checkout-x1", "Ana", approvers, reason, brokeGlass), text -> text);
    }
}
