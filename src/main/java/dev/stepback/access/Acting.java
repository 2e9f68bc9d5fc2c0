package dev.stepback.access;

import dev.stepback.target.Denial;
import dev.stepback.target.Identity;
import dev.stepback.target.TargetType;

/** As whom the cluster is asked on somebody's behalf. */
public sealed interface Acting {

    /** The target as whoever this is sees and changes it. */
    TargetType on(TargetType type);

    /** Whether it was this person to whom the cluster denied something, and not the bot itself. */
    default boolean meets(Denial denial) {
        return false;
    }

    /** As the bot itself: impersonation is off. */
    record Bot() implements Acting {
        @Override
        public TargetType on(TargetType type) {
            return type;
        }
    }

    record As(Identity identity) implements Acting {
        @Override
        public TargetType on(TargetType type) {
            return type.as(identity);
        }

        @Override
        public boolean meets(Denial denial) {
            return identity.user().equals(denial.user());
        }
    }

    /**
     * As nobody: nothing may be read or written.
     *
     * @param why a sentence for the person
     * @param undecided only because Slack could not be asked; a later try may do
     */
    record Nobody(String why, boolean undecided) implements Acting {
        /** @throws NobodyException always */
        @Override
        public TargetType on(TargetType type) {
            throw new NobodyException(this);
        }
    }

    /** Something was to be done for somebody whom the cluster does not know. The message is for the person. */
    final class NobodyException extends RuntimeException {
        private NobodyException(Nobody nobody) {
            super(nobody.why());
        }
    }
}
