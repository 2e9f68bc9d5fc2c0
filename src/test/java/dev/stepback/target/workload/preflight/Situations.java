package dev.stepback.target.workload.preflight;

import dev.stepback.stage.ParityCluster;
import dev.stepback.target.Kind;
import java.time.Instant;

/** What the preflight checks find: one namespace each for what is well, what is amiss, and what cannot work. */
final class Situations implements AutoCloseable {
    final ParityCluster cluster = new ParityCluster();
    final Situation fine = fine(new Situation(cluster, "fine", Kind.DEPLOYMENT));
    final Situation troubled = troubled(new Situation(cluster, "troubled", Kind.DEPLOYMENT));
    final Situation blocked = blocked(new Situation(cluster, "blocked", Kind.DEPLOYMENT));
    final Situation idle = idle(new Situation(cluster, "idle", Kind.DEPLOYMENT));
    final Situation database = database(new Situation(cluster, "database", Kind.STATEFULSET));

    Situations() throws Exception {}

    boolean served(String version, String kind) {
        return cluster.client().supports(version, kind);
    }

    @Override
    public void close() throws Exception {
        // Belongs to no namespace, and so does not go with one.
        fine.delete("PriorityClass", "gold-NAMESPACE");
        cluster.close();
    }

    private static String web(String meta, String spec, String labels, String pod) {
        return """
            apiVersion: apps/v1
            kind: Deployment
            metadata: {name: web%s}
            spec:
              replicas: 2
              selector: {matchLabels: {app: web}}
              %s
              template: {metadata: {labels: {%s}}, spec: {terminationGracePeriodSeconds: 0, %s}}
            """.formatted(meta, spec, labels, pod);
    }

    private static String rolling(int surge, int unavailable) {
        return "strategy: {rollingUpdate: {maxSurge: %d, maxUnavailable: %d}}".formatted(surge, unavailable);
    }

    private static String container(String image, String more) {
        return "containers: [{name: web, image: 'shop.example/%s', %s}]".formatted(image, more);
    }

    private static String resources(String requests, String limits) {
        return "resources: {requests: %s, limits: %s}".formatted(requests, limits);
    }

    private static String limitRange() {
        return "{apiVersion: v1, kind: LimitRange, metadata: {name: limits}, spec: {limits: [{type: Container, max:"
                + " {memory: 1Gi}}]}}";
    }

    private static String quota(String hard, String used) {
        return "{apiVersion: v1, kind: ResourceQuota, metadata: {name: compute}, spec: {hard: %1$s}, status: {hard: %1$s, used: %2$s}}"
                .formatted(hard, used);
    }

    private static String service(String selector) {
        return "{apiVersion: v1, kind: Service, metadata: {name: web}, spec: {selector: {%s}, ports: [{port: 80, protocol: TCP, targetPort: http}]}}"
                .formatted(selector);
    }

    private void disturbed(Situation it, int most, int wanted) {
        if (served("autoscaling/v2", "HorizontalPodAutoscaler")) {
            it.apply("{apiVersion: autoscaling/v2, kind: HorizontalPodAutoscaler, metadata: {name: web}, spec:"
                    + " {minReplicas: 1, maxReplicas: " + most + ", scaleTargetRef: {apiVersion: apps/v1, kind:"
                    + " Deployment, name: web}}, status: {currentReplicas: 2, desiredReplicas: 2}}");
        }
        if (served("policy/v1", "PodDisruptionBudget")) {
            it.apply("{apiVersion: policy/v1, kind: PodDisruptionBudget, metadata: {name: web}, spec: {minAvailable: "
                    + wanted + ", selector: {matchLabels: {app: web}}}, status: {desiredHealthy: " + wanted
                    + ", disruptionsAllowed: 0, currentHealthy: 2, expectedPods: 2}}");
        }
    }

    private Situation fine(Situation it) {
        it.apply(
                "{apiVersion: v1, kind: ConfigMap, metadata: {name: settings}, data: {a: '1'}}",
                "{apiVersion: v1, kind: Secret, metadata: {name: password}, stringData: {p: hunter2}}",
                "{apiVersion: v1, kind: ServiceAccount, metadata: {name: shop}}",
                "{apiVersion: scheduling.k8s.io/v1, kind: PriorityClass, metadata: {name: gold-NAMESPACE}, value:"
                        + " 1000}",
                service("app: web"),
                limitRange());
        String named =
                "envFrom: [{configMapRef: {name: settings}}, {secretRef: {name: password}}], ports: [{name: http,"
                        + " containerPort: 8080, protocol: TCP}], " + resources("{cpu: 10m}", "{memory: 64Mi}");
        String bound = "serviceAccountName: shop, priorityClassName: gold-NAMESPACE, ";
        it.released(
                web(
                        "",
                        rolling(1, 0),
                        "app: web",
                        bound + "nodeSelector: {kubernetes.io/os: linux}, " + container("web:1", named)),
                1,
                false);
        it.released(web("", rolling(1, 0), "app: web", bound + container("web:2", named)), 2, true);
        it.apply(quota("{pods: '10', requests.cpu: '10'}", "{pods: '2', requests.cpu: 20m}"));
        disturbed(it, 5, 1);
        return it;
    }

    private Situation troubled(Situation it) {
        it.apply(
                "{apiVersion: v1, kind: ConfigMap, metadata: {name: settings}, data: {a: '1'}}",
                service("app: web, track: new"));
        String managed = """
            , labels: {app.kubernetes.io/managed-by: Helm}, annotations: {meta.helm.sh/release-name: shop,
             kubectl.kubernetes.io/last-applied-configuration: '{"spec":{"template":{"spec":{}}}}'}\
            """;
        it.released(
                web(
                        managed,
                        rolling(0, 1),
                        "app: web",
                        "nodeSelector: {stepback.dev/no-such: node}, imagePullSecrets:"
                                + " [{name: registry}], "
                                + container(
                                        "web:latest",
                                        "envFrom: [{configMapRef: {name: settings}}], "
                                                + resources("{cpu: 2}", "{memory: 2Gi}"))),
                1,
                false);
        it.released(
                web(
                        managed,
                        rolling(0, 1),
                        "app: web, track: new",
                        container("web:2-crash", resources("{cpu: 1}", "{memory: 2Gi}"))),
                2,
                false);
        it.apply(limitRange(), quota("{requests.cpu: '3'}", "{requests.cpu: '3'}"));
        disturbed(it, 2, 2);
        // Times are to the second: it is a change once it is in another second than the revision.
        Situation.await(() -> {
            it.apply("{apiVersion: v1, kind: ConfigMap, metadata: {name: settings}, data: {a: '" + Instant.now()
                    + "'}}");
            return !it.says("configuration").isEmpty();
        });
        return it;
    }

    private static Situation blocked(Situation it) {
        it.apply(
                "{apiVersion: v1, kind: ConfigMap, metadata: {name: settings-5h7g2b9k4m}, data: {a: '1'}}",
                "{apiVersion: v1, kind: ServiceAccount, metadata: {name: shop}}",
                "{apiVersion: scheduling.k8s.io/v1, kind: PriorityClass, metadata: {name: gold-NAMESPACE}, value:"
                        + " 1000}",
                "{apiVersion: rbac.authorization.k8s.io/v1, kind: Role, metadata: {name: reader}, rules: [{apiGroups:"
                        + " ['*'], resources: ['*'], verbs: [get, list, watch]}]}",
                "{apiVersion: rbac.authorization.k8s.io/v1, kind: RoleBinding, metadata: {name: reader}, roleRef:"
                        + " {apiGroup: rbac.authorization.k8s.io, kind: Role, name: reader}, subjects: [{apiGroup:"
                        + " rbac.authorization.k8s.io, kind: User, name: reader}]}");
        it.released(
                web(
                        "",
                        rolling(1, 0),
                        "app: web",
                        "serviceAccountName: shop, priorityClassName: gold-NAMESPACE,"
                                + " nodeSelector: {kubernetes.io/os: linux}, "
                                + container(
                                        "web:1",
                                        "envFrom: [{configMapRef: {name: settings-5h7g2b9k4m}}], "
                                                + resources("{memory: 64Mi}", "{memory: 2Gi}"))),
                1,
                false);
        it.released(
                web("", rolling(1, 0), "app: web", container("web:2", resources("{cpu: 10m}", "{memory: 64Mi}"))),
                2,
                false);
        it.delete("ConfigMap", "settings-5h7g2b9k4m");
        it.delete("ServiceAccount", "shop");
        it.delete("PriorityClass", "gold-NAMESPACE");
        it.apply(limitRange(), quota("{requests.cpu: '10'}", "{requests.cpu: 20m}"));
        return it;
    }

    private static Situation idle(Situation it) {
        for (int revision = 1; revision <= 2; revision++) {
            String all = web("", "strategy: {type: Recreate}", "app: web", container("web:" + revision, ""));
            it.released(all.replace("replicas: 2", "replicas: 0"), revision, false);
        }
        return it;
    }

    private static Situation database(Situation it) {
        for (int revision = 1; revision <= 2; revision++) {
            it.released("""
                apiVersion: apps/v1
                kind: StatefulSet
                metadata: {name: web}
                spec:
                  replicas: 2
                  serviceName: web
                  podManagementPolicy: Parallel
                  updateStrategy: {rollingUpdate: {partition: 1}}
                  selector: {matchLabels: {app: web}}
                  template:
                    metadata: {labels: {app: web}}
                    spec:
                      terminationGracePeriodSeconds: 0
                      containers:
                      - name: db
                        image: shop.example/mysql:8.%d
                        volumeMounts: [{name: data, mountPath: /var/lib/mysql}]
                  volumeClaimTemplates:
                  - metadata: {name: data}
                    spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}
                """.formatted(revision == 1 ? 0 : 4), revision, false);
        }
        return it;
    }
}
