package dev.stepback.target.deployment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.stepback.redaction.Redactor;
import dev.stepback.target.BadRevision;
import dev.stepback.target.Change;
import dev.stepback.target.Finding;
import dev.stepback.target.Kind;
import dev.stepback.target.Operation;
import dev.stepback.target.Plan;
import dev.stepback.target.PlanOptions;
import dev.stepback.target.PlanRequest;
import dev.stepback.target.PlanResult;
import dev.stepback.target.PlanResult.Reason;
import dev.stepback.target.PlanResult.Refused;
import dev.stepback.target.TargetRef;
import dev.stepback.target.workload.Json;
import dev.stepback.target.workload.PodTemplate;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class PlannerTest {
    @RegisterExtension
    private final FakeApiServer api = Shop.open();

    private final DeploymentTarget target =
            new DeploymentTarget(api.client(), new Redactor(List.of()), Clock.systemUTC());

    @Test
    void noRevisionNamed_proposesTheNewestBelowTheCurrent() {
        Plan plan = plan(OptionalLong.empty(), Set.of());

        assertThat(plan.from().number()).isEqualTo(3);
        assertThat(plan.to().number()).isEqualTo(2);
        assertThat(plan.to().changeCause()).isEqualTo("release 2.0");
        assertThat(plan.changes())
                .containsExactly(new Change("containers[checkout].image", "shop/checkout:3.0", "shop/checkout:2.0"));
        assertThat(plan.steps()).extracting("type").containsExactly("deployment.undo", "deployment.await-rollout");
    }

    @Test
    void planMadeAgain_isTheSameUntilSomethingChanges() {
        Plan plan = plan(OptionalLong.empty(), Set.of());
        assertThat(target.changedSince(Shop.CHECKOUT, plan)).isEmpty();

        ((ObjectNode) api.get(Shop.PATH).path("spec")).put("replicas", 7);
        ((ObjectNode) api.get(Shop.PATH).path("metadata")).put("resourceVersion", "99");
        assertThat(target.changedSince(Shop.CHECKOUT, plan)).isEmpty();

        ((ObjectNode) api.get(Shop.PATH).path("spec")).put("paused", true);
        assertThat(target.changedSince(Shop.CHECKOUT, plan).orElseThrow()).contains("paused");
    }

    @Test
    void anotherTemplate_isSaidWithItsImages() {
        Plan plan = plan(OptionalLong.empty(), Set.of());
        ((ObjectNode) api.get(Shop.PATH).path("spec")).set("template", Shop.template("4.0"));

        assertThat(target.changedSince(Shop.CHECKOUT, plan).orElseThrow())
                .contains("pod template of deployment/checkout in production was changed")
                .contains("shop/checkout:4.0");

        ((ObjectNode) api.get(Shop.PATH).path("spec")).set("template", Shop.template("2.0"));
        assertThat(target.changedSince(Shop.CHECKOUT, plan).orElseThrow()).contains("was changed");
    }

    @Test
    void revisionThatIsGoneOrAnotherOne_isSaid() {
        Plan plan = plan(OptionalLong.empty(), Set.of());
        ObjectNode other = Shop.replicaSet(2, "2.1");
        Shop.putReplicaSet(api, other);
        other.withObject("/metadata").put("name", plan.to().id());
        api.put("/apis/apps/v1/namespaces/production/replicasets/" + plan.to().id(), other);

        assertThat(target.changedSince(Shop.CHECKOUT, plan)).isPresent();

        ((ObjectNode) api.get(Shop.PATH).path("metadata")).put("uid", "another");
        assertThat(target.changedSince(Shop.CHECKOUT, plan).orElseThrow()).contains("deleted and created again");

        api.remove(Shop.PATH);
        assertThat(target.changedSince(Shop.CHECKOUT, plan).orElseThrow()).contains("no longer exists");
        assertThat(target.labels(Shop.CHECKOUT)).isEmpty();
    }

    @Test
    void nameThatIsNone_isNotFound_andNeverBecomesPartOfAPath() {
        for (String name :
                List.of("../replicasets/checkout-h20", "checkout/scale", "no such\n<!channel>", "a?b=c", "..", "")) {
            assertThat(target.plan(
                            new TargetRef("production", Kind.DEPLOYMENT, name),
                            new PlanRequest(Operation.UNDO, OptionalLong.empty(), Map.of(), PlanOptions.NONE)))
                    .as(name)
                    .isInstanceOfSatisfying(
                            Refused.class, r -> assertThat(r.reason()).isEqualTo(Reason.TARGET_NOT_FOUND));
        }
    }

    @Test
    void knownBad_isPassedOver_butMayBeNamed() {
        Plan proposed = plan(OptionalLong.empty(), Set.of("checkout-h20"));
        assertThat(proposed.to().number()).isEqualTo(1);
        assertThat(proposed.findings())
                .contains(Finding.pass(
                        Plan.PASSED_OVER,
                        "Passed over, because known bad: 2 (rolled back from by Ana at 2026-11-21 02:58 UTC)."));
        Plan named = plan(OptionalLong.of(2), Set.of("checkout-h20"));
        assertThat(named.to().number()).isEqualTo(2);
        assertThat(named.findings()).extracting(Finding::check).doesNotContain(Plan.PASSED_OVER);
        assertThat(named.findings())
                .contains(Finding.warn(
                        "known-bad",
                        "Revision 2 is known bad: rolled back from by Ana at 2026-11-21 02:58 UTC. Is it the"
                                + " one you want?"));
    }

    @Test
    void onlyKnownBad_isRefused() {
        assertThat(refused(OptionalLong.empty(), Set.of("checkout-h20", "checkout-h10")))
                .isEqualTo(new Refused(
                        Reason.ONLY_KNOWN_BAD,
                        "every earlier revision is known bad: 2 (rolled back from by Ana at 2026-11-21 02:58 UTC),"
                                + " 1 (rolled back from by Ana at 2026-11-21 02:58 UTC)."
                                + " Nothing is proposed; name the one to go back to, as in"
                                + " 'production/deployment/checkout to 2'"));
    }

    @Test
    void unknownRevision_isRefusedWithTheNumbersThereAre() {
        assertThat(refused(OptionalLong.of(7), Set.of()))
                .isEqualTo(new Refused(
                        Reason.UNKNOWN_REVISION, "unable to find specified revision 7 in history; there are 3, 2, 1"));
        assertThatThrownBy(() -> target.diff(Shop.CHECKOUT, 3, 7))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("unable to find specified revision 7 in history");
    }

    @Test
    void revisionThatWasUsedAgain_isFoundUnderItsNewNumber() {
        ((ObjectNode) api.get("/apis/apps/v1/namespaces/production/replicasets/checkout-h20"))
                .withObject("/metadata/annotations")
                .put("deployment.kubernetes.io/revision", "4")
                .put("deployment.kubernetes.io/revision-history", "2");

        assertThat(refused(OptionalLong.of(2), Set.of()))
                .isEqualTo(new Refused(
                        Reason.UNKNOWN_REVISION,
                        "unable to find specified revision 2 in history; it was used again, and is 4 since; there are"
                                + " 4, 3, 1"));
    }

    @Test
    void paused_isRefusedWithTheCommand() {
        ((ObjectNode) api.get(Shop.PATH).path("spec")).put("paused", true);

        Refused refused = refused(OptionalLong.empty(), Set.of());

        assertThat(refused.reason()).isEqualTo(Reason.PAUSED);
        assertThat(refused.message())
                .contains("resume it first with 'kubectl rollout resume deployment/checkout -n production'");
    }

    @Test
    void sameTemplate_isSkipped() {
        assertThat(refused(OptionalLong.of(3), Set.of()))
                .isEqualTo(new Refused(
                        Reason.ALREADY_THERE, "skipped rollback (current template already matches revision 3)"));
    }

    @Test
    void noEarlierRevision_isRefused_andTheLimitNamed() {
        api.remove("/apis/apps/v1/namespaces/production/replicasets/checkout-h10");
        api.remove("/apis/apps/v1/namespaces/production/replicasets/checkout-h20");
        assertThat(refused(OptionalLong.empty(), Set.of()).message())
                .startsWith("no rollout history found for deployment \"checkout\": there is no earlier revision");

        ((ObjectNode) api.get(Shop.PATH).path("spec")).put("revisionHistoryLimit", 0);
        Refused refused = refused(OptionalLong.empty(), Set.of());
        assertThat(refused.reason()).isEqualTo(Reason.NO_HISTORY);
        assertThat(refused.message()).contains("revisionHistoryLimit is 0");
    }

    @Test
    void noSuchDeployment_isRefused() {
        api.remove(Shop.PATH);
        assertThat(refused(OptionalLong.empty(), Set.of()).reason()).isEqualTo(Reason.TARGET_NOT_FOUND);
        assertThat(target.history(Shop.CHECKOUT)).isEmpty();
        assertThat(target.status(Shop.CHECKOUT)).isEmpty();
    }

    @Test
    void deployThatHasNoReplicaSetYet_isGivenTheNextNumber_andTheNewestIsProposed() {
        ObjectNode live = Shop.deployment(3, "4.0");
        ((ObjectNode) live.path("metadata")).put("generation", 4);
        api.put(Shop.PATH, live);

        Plan plan = plan(OptionalLong.empty(), Set.of());

        assertThat(plan.from().number()).isEqualTo(4);
        assertThat(plan.from().images()).containsValue("shop/checkout:4.0");
        assertThat(plan.to().number()).isEqualTo(3);
    }

    @Test
    void hash_isUntouchedByScalingAndStatus_andChangedByTheTemplate() {
        String hash = plan(OptionalLong.of(2), Set.of()).hash();

        ObjectNode live = api.get(Shop.PATH);
        ((ObjectNode) live.path("spec")).put("replicas", 9);
        ((ObjectNode) live.path("metadata")).put("resourceVersion", "99");
        ((ObjectNode) live.path("status")).put("availableReplicas", 1);
        assertThat(plan(OptionalLong.of(2), Set.of()).hash()).isEqualTo(hash);

        ((ObjectNode) live.path("spec")).set("template", Shop.template("3.1"));
        assertThat(plan(OptionalLong.of(2), Set.of()).hash()).isNotEqualTo(hash);
    }

    @Test
    void missingReferences_block_unlessOptional() {
        ObjectNode replicaSet = Shop.replicaSet(2, "2.0");
        ObjectNode pod = (ObjectNode) replicaSet.at("/spec/template/spec");
        pod.put("serviceAccountName", "shop");
        ObjectNode from =
                Shop.array((ObjectNode) pod.at("/containers/0"), "envFrom").addObject();
        from.putObject("configMapRef").put("name", "gone");
        ObjectNode optional =
                Shop.array((ObjectNode) pod.at("/containers/0"), "envFrom").addObject();
        optional.putObject("secretRef").put("name", "whatever").put("optional", true);
        Shop.array(pod, "imagePullSecrets").addObject().put("name", "registry");
        Shop.putReplicaSet(api, replicaSet);
        ObjectNode account = Json.object();
        account.putObject("metadata").put("name", "shop");
        api.put("/api/v1/namespaces/production/serviceaccounts/shop", account);

        Plan plan = plan(OptionalLong.of(2), Set.of());

        assertThat(plan.blocked()).isTrue();
        assertThat(plan.findings())
                .contains(
                        Finding.block(
                                "references",
                                "The restored pods could not start: ConfigMap gone is no longer there. Bring it back"
                                        + " first."),
                        Finding.warn(
                                "references",
                                "No longer there: Secret registry. Bring it back, or nodes without the images cannot"
                                        + " pull them."));
    }

    @Test
    void checkThatCannotBeMade_warnsAndSaysWhy() {
        api.fail("/horizontalpodautoscalers", 403);
        api.fail("/poddisruptionbudgets", 500);

        assertThat(plan(OptionalLong.of(2), Set.of()).findings())
                .filteredOn(f -> f.verdict() == Finding.Verdict.WARN)
                .extracting(Finding::message)
                .anyMatch(m -> m.contains("\"autoscaler\" could not be made: Stepback lacks the permission"))
                .anyMatch(m -> m.contains("\"disruption-budget\" could not be made"));
    }

    @Test
    void otherSourcesOfTruth_areWarnedAbout() {
        ObjectNode metadata = (ObjectNode) api.get(Shop.PATH).path("metadata");
        ((ObjectNode) metadata.path("annotations"))
                .put("meta.helm.sh/release-name", "shop")
                .put("argocd.argoproj.io/tracking-id", "shop-prod:apps/Deployment:production/checkout")
                .put("kubectl.kubernetes.io/last-applied-configuration", "{}");
        metadata.putObject("labels")
                .put("app.kubernetes.io/managed-by", "Helm")
                .put("kustomize.toolkit.fluxcd.io/name", "apps");

        assertThat(plan(OptionalLong.of(2), Set.of()).findings())
                .extracting(Finding::message)
                .anyMatch(m -> m.startsWith("Managed by Argo CD application shop-prod:"))
                .anyMatch(m -> m.startsWith("Managed by Flux Kustomization apps:"))
                .anyMatch(m -> m.startsWith("Managed by Helm release shop:"))
                .anyMatch(m -> m.contains("kubectl apply"));
    }

    @Test
    void restartedRelease_isProposedNeitherForItselfNorWhenItIsBad() {
        Shop.putReplicaSet(api, restarted(4, "3.0"));
        ObjectNode live = Shop.deployment(4, "3.0");
        ((ObjectNode) live.path("spec"))
                .set(
                        "template",
                        new PodTemplate(Shop.template("3.0")).restartedAt("now").json());
        api.put(Shop.PATH, live);

        assertThat(plan(OptionalLong.empty(), Set.of()).to().number()).isEqualTo(2);
        assertThat(plan(OptionalLong.of(3), Set.of()).to().number()).isEqualTo(3);
        assertThat(refused(OptionalLong.empty(), Set.of("checkout-h20", "checkout-h10"))
                        .message())
                .contains("3 (the same but for a restart)");

        Shop.putReplicaSet(api, Shop.replicaSet(5, "5.0"));
        api.put(Shop.PATH, Shop.deployment(5, "5.0"));

        assertThat(plan(OptionalLong.empty(), Set.of()).to().number()).isEqualTo(4);
        assertThat(plan(OptionalLong.empty(), Set.of("checkout-restarted")).to().number())
                .isEqualTo(2);
    }

    private static ObjectNode restarted(long revision, String tag) {
        ObjectNode replicaSet = Shop.replicaSet(revision, tag);
        ((ObjectNode) replicaSet.path("metadata")).put("name", "checkout-restarted");
        ((ObjectNode) replicaSet.path("spec"))
                .set("template", PodTemplate.of(replicaSet).restartedAt("now").json());
        return replicaSet;
    }

    private static Map<String, BadRevision> bad(Set<String> ids) {
        return ids.stream()
                .collect(Collectors.toMap(
                        id -> id, id -> BadRevision.rolledBack("Ana", Instant.parse("2026-11-21T02:58:00Z"))));
    }

    private Plan plan(OptionalLong revision, Set<String> knownBad) {
        PlanResult result =
                target.plan(Shop.CHECKOUT, new PlanRequest(Operation.UNDO, revision, bad(knownBad), PlanOptions.NONE));
        return ((PlanResult.Planned) result).plan();
    }

    private Refused refused(OptionalLong revision, Set<String> knownBad) {
        return (Refused)
                target.plan(Shop.CHECKOUT, new PlanRequest(Operation.UNDO, revision, bad(knownBad), PlanOptions.NONE));
    }
}
