package dev.stepback.target;

/** Names one workload. Written {@code namespace/kind/name}, as in {@code production/deployment/checkout}. */
public record TargetRef(String namespace, Kind kind, String name) implements Comparable<TargetRef> {

    @Override
    public int compareTo(TargetRef other) {
        return toString().compareTo(other.toString());
    }

    @Override
    public String toString() {
        return namespace + "/" + kind.lowerCase() + "/" + name;
    }
}
