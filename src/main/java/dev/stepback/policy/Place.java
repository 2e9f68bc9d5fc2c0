package dev.stepback.policy;

import dev.stepback.target.Operation;
import java.util.Optional;

/** What a decision is about. */
sealed interface Place {

    /** What can be told without asking the cluster. */
    boolean named(Scope scope);

    Answer labelled(Scope scope);

    boolean within(ChannelBinding binding);

    /** What is to be done there. */
    Operation operation();

    /** For people, with the article or preposition that it needs. */
    String text();

    record Target(Facts facts) implements Place {
        @Override
        public boolean named(Scope scope) {
            return scope.named(facts);
        }

        @Override
        public Answer labelled(Scope scope) {
            return scope.labelled(facts);
        }

        @Override
        public boolean within(ChannelBinding binding) {
            return binding.covers(facts.cluster(), facts.target().namespace());
        }

        @Override
        public Operation operation() {
            return facts.operation();
        }

        @Override
        public String text() {
            return facts.target().toString();
        }
    }

    /** @param namespace empty for all of the cluster */
    record Namespace(String cluster, Optional<String> namespace) implements Place {
        @Override
        public boolean named(Scope scope) {
            return scope.coversAll(cluster, namespace);
        }

        @Override
        public Answer labelled(Scope scope) {
            return Answer.YES;
        }

        @Override
        public boolean within(ChannelBinding binding) {
            return namespace.map(n -> binding.covers(cluster, n)).orElseGet(() -> binding.coversAll(cluster));
        }

        @Override
        public Operation operation() {
            return Operation.UNDO;
        }

        @Override
        public String text() {
            return namespace.map(n -> "the namespace " + n).orElse("all namespaces");
        }
    }
}
