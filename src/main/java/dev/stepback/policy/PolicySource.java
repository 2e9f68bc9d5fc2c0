package dev.stepback.policy;

/** Where the policy in force comes from. It may change at any time: take it once for each decision. */
@FunctionalInterface
public interface PolicySource {
    Policy policy();
}
