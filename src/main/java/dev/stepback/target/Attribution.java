package dev.stepback.target;

import java.util.List;

/**
 * Who stands behind a mutation; written into the target's change cause.
 *
 * @param rollback name of the Rollback
 * @param requester display name of who asked
 * @param approvers display names of who approved
 * @param reason the words of who asked, or of who broke the glass; or empty
 * @param brokeGlass whether it was not approved by anybody because the requester went alone
 */
public record Attribution(
        String rollback, String requester, List<String> approvers, String reason, boolean brokeGlass) {}
