package dev.stepback.policy;

/** The approvals that some targets need. */
public record ScopedApproval(Scope scope, ApprovalRule rule) {}
