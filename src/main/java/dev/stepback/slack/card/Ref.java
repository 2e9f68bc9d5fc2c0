package dev.stepback.slack.card;

import dev.stepback.rollback.Rollback;
import dev.stepback.rollback.group.RollbackGroup;
import dev.stepback.target.Kind;
import dev.stepback.target.TargetRef;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a button's value refers to. It carries no authority and no content: whatever it names is read and authorized again
 * when the click is delivered. It is signed on its way out, so that nobody can make one up.
 */
public sealed interface Ref {

    /** @param planHash the first digits of the hash that the card showed; empty while there was no plan */
    record ToRollback(String namespace, String name, String planHash) implements Ref {
        private static final Pattern FORM = Pattern.compile("([a-z0-9-]+)/([a-z0-9.-]+)#([0-9a-f]*)");

        public static ToRollback of(Rollback rollback) {
            var plan = rollback.statusOrInitial().plan();
            return new ToRollback(
                    rollback.getMetadata().getNamespace(),
                    rollback.getMetadata().getName(),
                    plan == null ? "" : shortHash(plan.hash()));
        }

        public static Optional<ToRollback> parse(String value) {
            Matcher m = FORM.matcher(value);
            return m.matches() ? Optional.of(new ToRollback(m.group(1), m.group(2), m.group(3))) : Optional.empty();
        }

        @Override
        public String toString() {
            return namespace + "/" + name + "#" + planHash;
        }
    }

    /** @param hash the first digits of the hash that the card showed; empty while not all was planned */
    record ToGroup(String namespace, String name, String hash) implements Ref {
        private static final Pattern FORM = Pattern.compile("group:([a-z0-9-]+)/([a-z0-9.-]+)#([0-9a-f]*)");

        static ToGroup of(RollbackGroup group) {
            String hash = group.statusOrInitial().hash();
            return new ToGroup(
                    group.getMetadata().getNamespace(),
                    group.getMetadata().getName(),
                    hash == null ? "" : shortHash(hash));
        }

        public static Optional<ToGroup> parse(String value) {
            Matcher m = FORM.matcher(value);
            return m.matches() ? Optional.of(new ToGroup(m.group(1), m.group(2), m.group(3))) : Optional.empty();
        }

        @Override
        public String toString() {
            return "group:" + namespace + "/" + name + "#" + hash;
        }
    }

    /**
     * @param number the number that was shown
     * @param id the revision's id, which finds it again when it has been renumbered
     */
    record ToRevision(TargetRef target, long number, String id) implements Ref {
        private static final Pattern FORM = Pattern.compile("([^/]+)/([^/]+)/([^/@]+)@([0-9]{1,18})#(.*)");

        public static Optional<ToRevision> parse(String value) {
            Matcher m = FORM.matcher(value);
            if (!m.matches()) {
                return Optional.empty();
            }
            return Kind.parse(m.group(2))
                    .map(kind -> new ToRevision(
                            new TargetRef(m.group(1), kind, m.group(3)), Long.parseLong(m.group(4)), m.group(5)));
        }

        @Override
        public String toString() {
            return target + "@" + number + "#" + id;
        }
    }

    /** As much of a plan's hash as people see and buttons carry. */
    static String shortHash(String hash) {
        return hash.length() <= 12 ? hash : hash.substring(0, 12);
    }
}
