package dev.stepback.target.workload.preflight;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.stepback.target.Finding;
import dev.stepback.target.Kind;
import dev.stepback.target.TargetRef;
import dev.stepback.target.workload.ApiServer;
import dev.stepback.target.workload.LiveWorkload;
import dev.stepback.target.workload.PodTemplate;
import dev.stepback.target.workload.UndoPatch;
import dev.stepback.target.workload.Yaml;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PlacementTest {
    private static final String PLAIN = "{containers: [{name: web, image: 'web:2'}]}";

    @RegisterExtension
    static final Ground ground = new Ground();

    private static void node(String name, String labels, String spec) {
        ground.apply("{apiVersion: v1, kind: Node, metadata: {name: " + name + ", labels: " + labels + "}, spec: "
                + spec + "}");
        ground.status("{apiVersion: v1, kind: Node, metadata: {name: " + name + "}, spec: " + spec
                + ", status: {allocatable: {cpu: '4', memory: 16Gi, pods: '110'}}}");
    }

    private static void asks(String more) {
        ground.newNamespace();
        ground.released("{containers: [{name: web, image: 'web:1'}], " + more + "}", PLAIN);
    }

    private static void affinity(String term) {
        asks("affinity: {nodeAffinity: {requiredDuringSchedulingIgnoredDuringExecution: {nodeSelectorTerms: [" + term
                + "]}}}");
    }

    @BeforeEach
    void nodes() {
        node("plain", "{zone: a, cores: '8'}", "{}");
        node("ssd", "{zone: b, disk: ssd}", "{taints: [{key: dedicated, value: db, effect: NoSchedule}]}");
    }

    @Test
    void sameWishAsNow_isNotLookedAt() {
        ground.cluster.faults().deny("list", "nodes");
        try {
            ground.released(
                    "{nodeSelector: {no: such}, containers: [{name: web, image: 'web:1'}]}",
                    "{nodeSelector: {no: such}, containers: [{name: web, image: 'web:2'}]}");
            assertThat(ground.says("nodes"))
                    .isEqualTo("PASS The restored pods ask for the same nodes as the present ones.");

            asks("nodeSelector: {zone: a}");
            assertThat(ground.says("nodes"))
                    .isEqualTo("WARN Check \"nodes\" (list nodes) could not be made: Stepback lacks the permission.");
        } finally {
            ground.cluster.faults().clear();
        }
    }

    @Test
    void sameWishThatIsNotMetNow_warns() {
        ground.released(
                "{nodeSelector: {no: such}, containers: [{name: web, image: 'web:1'}]}",
                "{nodeSelector: {no: such}, containers: [{name: web, image: 'web:2'}]}");
        String pod = "{apiVersion: v1, kind: Pod, metadata: {name: web-a, labels: {app: web}}, spec: {containers:"
                + " [{name: web, image: 'web:2'}]}";
        ground.apply(pod + "}");
        ground.status(pod + ", status: {phase: Pending, conditions: [{type: PodScheduled, status: 'False', reason:"
                + " Unschedulable, message: '0/2 nodes are available'}]}}");

        assertThat(ground.says("nodes"))
                .isEqualTo("WARN Pod web-a finds no node now (0/2 nodes are available), and the restored pods ask for"
                        + " no others: they may stay Pending, too. Look at the node pools first.");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "containers: [{name: web, image: 'web:2', resources: {requests: {cpu: 500}}}]",
                "containers: [{name: web, image: 'web:2', ports: [{containerPort: 80, hostPort: 80}]}]",
                "containers: [{name: web, image: 'web:2'}], affinity: {podAntiAffinity:"
                        + " {requiredDuringSchedulingIgnoredDuringExecution: [{topologyKey: zone, labelSelector:"
                        + " {matchLabels: {app: web}}}]}}",
                "containers: [{name: web, image: 'web:2'}], topologySpreadConstraints: [{maxSkew: 1, topologyKey: zone,"
                        + " whenUnsatisfiable: DoNotSchedule}]"
            })
    void podThatWaitsForMoreThanTheRestoredOnesAskFor_isNoSign(String bad) {
        ground.released(
                "{containers: [{name: web, image: 'web:1', resources: {requests: {cpu: 1}}}]}", "{" + bad + "}");
        String pod = "{apiVersion: v1, kind: Pod, metadata: {name: web-a, labels: {app: web}}, spec: {" + bad + "}";
        ground.apply(pod + "}");
        ground.status(pod + ", status: {phase: Pending, conditions: [{type: PodScheduled, status: 'False', reason:"
                + " Unschedulable, message: '0/2 nodes are available'}]}}");

        assertThat(ground.says("nodes")).startsWith("PASS");
    }

    @Test
    void nodeSelector_passesOrWarns() {
        asks("nodeSelector: {zone: a}");
        assertThat(ground.says("nodes")).isEqualTo("PASS There are nodes for the restored pods.");

        asks("nodeSelector: {zone: c}");
        assertThat(ground.says("nodes"))
                .isEqualTo("WARN No node has what the restored pods ask for (zone=c): they would stay Pending, unless"
                        + " such a node is added by itself. Look at the node pools first.");
        assertThat(ground.plan().blocked()).isFalse();
    }

    @Test
    void requiredNodeAffinity_isUnderstood() {
        affinity("{matchExpressions: [{key: zone, operator: In, values: [a, c]}]}");
        assertThat(ground.says("nodes")).startsWith("PASS");
        affinity(
                "{matchExpressions: [{key: cores, operator: Gt, values: ['4']}, {key: disk, operator: DoesNotExist}]}");
        assertThat(ground.says("nodes")).startsWith("PASS");
        affinity("{matchFields: [{key: metadata.name, operator: In, values: [plain]}]}");
        assertThat(ground.says("nodes")).startsWith("PASS");
        affinity("{matchExpressions: [{key: cores, operator: Lt, values: ['4']}]}");
        assertThat(ground.says("nodes")).startsWith("WARN No node has what the restored pods ask for (node affinity)");
    }

    @Test
    void taints_haveToBeTolerated() {
        asks("nodeSelector: {disk: ssd}");
        assertThat(ground.says("nodes"))
                .startsWith("WARN The restored pods do not tolerate the taints of any node that they may run on"
                        + " (dedicated)");

        asks("nodeSelector: {disk: ssd}, tolerations: [{key: dedicated, operator: Equal, value: db}]");
        assertThat(ground.says("nodes")).startsWith("PASS");
        asks("nodeSelector: {disk: ssd}, tolerations: [{operator: Exists}]");
        assertThat(ground.says("nodes")).startsWith("PASS");
    }

    @Test
    void podThatNoNodeIsLargeEnoughFor_warns() {
        ground.released("{containers: [{name: web, image: 'web:1', resources: {requests: {memory: 32Gi}}}]}", PLAIN);

        assertThat(ground.says("nodes")).startsWith("WARN No node is as large as a restored pod asks for");
    }

    @Test
    void deviceThatNoNodeHas_warns() {
        String gpu = "{containers: [{name: web, image: 'web:1', resources: {limits: {example.com/gpu: 1}}}]}";
        ground.released(gpu, PLAIN);
        assertThat(ground.says("nodes"))
                .isEqualTo("WARN No node is as large as a restored pod asks for (example.com/gpu): they would stay"
                        + " Pending, unless such a node is added by itself. Look at the node pools first.");

        ground.newNamespace();
        ground.released(gpu, gpu.replace("web:1", "web:2"));
        assertThat(ground.says("nodes")).startsWith("PASS The restored pods ask for the same nodes");
    }

    @Test
    void cordonedNode_takesNoPods() {
        ground.apply("{apiVersion: v1, kind: Node, metadata: {name: closed, labels: {zone: z}}, spec: {unschedulable:"
                + " true}}");
        asks("nodeSelector: {zone: z}");

        assertThat(ground.says("nodes")).contains("(cordoned)");
    }

    private record Live(TargetRef ref, ObjectNode object) implements LiveWorkload {
        @Override
        public String changeCause() {
            return "";
        }
    }

    /** Of a DaemonSet that is there for all nodes, and goes back to these. */
    private static String daemons(String restored) {
        Live live = new Live(new TargetRef("production", Kind.DAEMONSET, "web"), (ObjectNode)
                Yaml.parse("{metadata: {uid: u}, spec: {template: {spec: " + PLAIN + "}}}"));
        UndoPatch patch = UndoPatch.from(live, new PodTemplate(Yaml.parse("{spec: {" + restored + "}}")));
        ApiServer api = new ApiServer(ground.client, Optional.empty());
        List<Finding> findings =
                new Placement(api, List::of).findings(new Preflight.Subject(live, live.object(), patch, 2, 1));
        return findings.get(0).verdict() + " " + findings.get(0).message();
    }

    @Test
    void daemonSet_runsOnNodesThatAreNotWell_andNowhereWhereNoneFits() {
        ground.apply("{apiVersion: v1, kind: Node, metadata: {name: closed, labels: {zone: d}}, spec: {unschedulable:"
                + " true, taints: [{key: node.kubernetes.io/not-ready, effect: NoExecute}]}}");
        assertThat(daemons("nodeSelector: {zone: d}")).startsWith("PASS");
        assertThat(daemons("nodeSelector: {zone: none}"))
                .isEqualTo("WARN No node has what the restored pods ask for (zone=none): it would run nowhere. Look at"
                        + " the labels and taints of the nodes first.");
        assertThat(daemons("nodeSelector: {disk: ssd}"))
                .isEqualTo("WARN The restored pods do not tolerate the taints of any node that they may run on"
                        + " (dedicated): it would run nowhere. Look at the labels and taints of the nodes first.");
    }
}
