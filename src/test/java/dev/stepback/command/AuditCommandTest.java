package dev.stepback.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stepback.rollback.Rollback;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class AuditCommandTest {
    private final Desk desk = new Desk();
    private final FakeTarget cluster = desk.cluster;
    private final FakeRollbacks rollbacks = desk.rollbacks;
    private final HiddenNamespaces authorizer = desk.authorizer;

    @Test
    void audit_listsWhatMayBeSeenNewestFirst() {
        cluster.add("production", "cart", 2);
        cluster.add("secret", "vault", 2);
        dispatch("cart", "first");
        dispatch("secret/vault", "second");
        dispatch("checkout", "third");
        created("first", "2026-11-20T12:00:00Z");
        created("second", "2026-11-20T13:00:00Z");
        created("third", "2026-11-21T11:00:00Z");
        authorizer.hidden.add("secret");

        assertThat(audit("audit")).extracting(r -> r.target().name()).containsExactly("checkout", "cart");
        assertThat(audit("audit since 2h")).extracting(r -> r.target().name()).containsExactly("checkout");
        assertThat(audit("audit since 24 hours")).hasSize(2);
        assertThat(audit("cart audit")).extracting(r -> r.target().name()).containsExactly("cart");
        assertThat(audit("audit -n production")).hasSize(2);
        assertThat(audit("audit -n staging")).isEmpty();
        assertThat(audit("audit gone since 1w")).isEmpty();
        assertThat(audit("audit vault")).isEmpty();
    }

    @Test
    void audit_isBounded() {
        for (int i = 0; i < AuditCommand.SHOWN + 3; i++) {
            cluster.add("production", "app-" + i, 2);
            dispatch("app-" + i, "key-" + i);
        }
        assertThat(dispatch("audit")).isInstanceOfSatisfying(Reply.ShowAudit.class, shown -> {
            assertThat(shown.rollbacks()).hasSize(AuditCommand.SHOWN);
            assertThat(shown.more()).isTrue();
        });
    }

    private List<Rollback> audit(String text) {
        return ((Reply.ShowAudit) dispatch(text)).rollbacks();
    }

    private void created(String delivery, String time) {
        Objects.requireNonNull(rollbacks.byDelivery.get(delivery)).getMetadata().setCreationTimestamp(time);
    }

    private Reply dispatch(String text) {
        return desk.dispatch(text);
    }

    private Reply dispatch(String text, String key) {
        return desk.dispatch(text, key);
    }
}
