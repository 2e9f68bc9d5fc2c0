package dev.stepback.rollback;

import com.fasterxml.jackson.annotation.JsonValue;

/** Where a rollback stands. Terminal phases never change. */
public enum Phase {
    PLANNING("Planning", false),
    AWAITING_APPROVAL("AwaitingApproval", false),
    RUNNING("Running", false),
    VERIFYING("Verifying", false),
    SUCCEEDED("Succeeded", true),
    FAILED("Failed", true),
    REJECTED("Rejected", true),
    EXPIRED("Expired", true),
    CANCELLED("Cancelled", true),
    SUPERSEDED("Superseded", true);

    private final String apiName;
    private final boolean terminal;

    Phase(String apiName, boolean terminal) {
        this.apiName = apiName;
        this.terminal = terminal;
    }

    @JsonValue
    public String apiName() {
        return apiName;
    }

    public boolean terminal() {
        return terminal;
    }
}
