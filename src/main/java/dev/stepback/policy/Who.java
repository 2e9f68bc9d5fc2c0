package dev.stepback.policy;

import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** Somebody whom a policy names. */
public sealed interface Who {

    /** Whether this names the subject; unknown when Slack could not be asked. */
    Answer names(Subject subject, Directory directory);

    /** As it is written in the configuration. */
    String text();

    /**
     * Reads {@code members}, {@code U0123ABCD}, {@code name@example.com}, {@code @group} or {@code S0123ABCD}. Nothing else
     * is somebody: letters outside of ASCII in an address are refused, for they can look like others, and so are the words
     * by which Slack mentions everybody, for they are no groups.
     */
    static Optional<Who> parse(String text) {
        if (text.equals("members")) {
            return Optional.of(new Members());
        }
        if (Forms.USER.matcher(text).matches()) {
            return Optional.of(new User(text));
        }
        if (Forms.GROUP_ID.matcher(text).matches()
                || Forms.GROUP_HANDLE.matcher(text).matches()) {
            return Optional.of(new Group(text));
        }
        return Forms.EMAIL.matcher(text).matches() ? Optional.of(new Email(text)) : Optional.empty();
    }

    /** Whether one of them is the subject. Groups are asked about only when nothing else names the subject. */
    static Answer anyNames(List<Who> who, Subject subject, Directory directory) {
        Answer answer = Answer.NO;
        for (boolean groups : new boolean[] {false, true}) {
            for (Who one : who) {
                if (one instanceof Group == groups) {
                    answer = answer.or(one.names(subject, directory));
                }
                if (answer == Answer.YES) {
                    return answer;
                }
            }
        }
        return answer;
    }

    /** Every full member of the own workspace. */
    record Members() implements Who {
        @Override
        public Answer names(Subject subject, Directory directory) {
            return switch (subject.standing()) {
                case MEMBER -> Answer.YES;
                case UNKNOWN -> Answer.UNKNOWN;
                default -> Answer.NO;
            };
        }

        @Override
        public String text() {
            return "members";
        }
    }

    /** @param id compared exactly */
    record User(String id) implements Who {
        @Override
        public Answer names(Subject subject, Directory directory) {
            if (!id.equals(subject.id())) {
                return Answer.NO;
            }
            return switch (subject.standing()) {
                case DEACTIVATED -> Answer.NO;
                case UNKNOWN -> Answer.UNKNOWN;
                default -> Answer.YES;
            };
        }

        @Override
        public String text() {
            return id;
        }
    }

    /** @param address compared without regard to the case of A to Z; other letters have no case here */
    record Email(String address) implements Who {
        public Email {
            address = Ascii.lowerCase(address);
        }

        @Override
        public Answer names(Subject subject, Directory directory) {
            return switch (subject.standing()) {
                case MEMBER, GUEST ->
                    Answer.of(subject.email().map(Ascii::lowerCase).equals(Optional.of(address)));
                case UNKNOWN -> Answer.UNKNOWN;
                default -> Answer.NO;
            };
        }

        @Override
        public String text() {
            return address;
        }
    }

    /** @param handleOrId a handle has its {@code @} */
    record Group(String handleOrId) implements Who {
        @Override
        public Answer names(Subject subject, Directory directory) {
            return switch (subject.standing()) {
                case MEMBER -> directory.inGroup(handleOrId, subject.id());
                case UNKNOWN -> Answer.UNKNOWN;
                default -> Answer.NO;
            };
        }

        @Override
        public String text() {
            return handleOrId;
        }
    }

    /** How each form is written. */
    final class Forms {
        private static final Pattern USER = Pattern.compile("[UW][A-Z0-9]{5,20}");
        private static final Pattern GROUP_ID = Pattern.compile("S[A-Z0-9]{5,20}");
        private static final Pattern GROUP_HANDLE =
                Pattern.compile("@(?!(?:here|channel|group|everyone)$)[\\p{Ll}\\p{Lo}\\p{Lm}\\p{Mn}\\p{Nd}_.-]{1,80}");
        private static final Pattern EMAIL =
                Pattern.compile("[A-Za-z0-9.!#$%&'+/=^_{}~-]{1,64}@([A-Za-z0-9-]{1,63}\\.)+[A-Za-z0-9-]{2,63}");

        private Forms() {}
    }
}
