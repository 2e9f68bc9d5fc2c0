package dev.stepback.stage;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ServiceAccountBuilder;
import io.fabric8.kubernetes.api.model.authentication.TokenRequestBuilder;
import io.fabric8.kubernetes.api.model.rbac.ClusterRoleBinding;
import io.fabric8.kubernetes.api.model.rbac.RoleBinding;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The bot's service account on a real cluster, in a namespace of a test's own and with exactly what {@code k8s-manifests}
 * grants, so that the cluster's own RBAC tells what is missing there.
 */
final class RealAccount implements AutoCloseable {
    private static final String NAME = "stepback";
    private static final List<String> MANIFESTS =
            List.of("cluster-rbac.yaml", "base/lease-rbac.yaml", "data-checks/rbac.yaml");

    private final KubernetesClient admin;
    private final String namespace;
    private final List<HasMetadata> made = new ArrayList<>();

    private RealAccount(KubernetesClient admin, String namespace) {
        this.admin = admin;
        this.namespace = namespace;
    }

    /** @param namespace is there; the account's, and that of its Lease */
    static RealAccount install(KubernetesClient admin, String namespace) throws IOException {
        RealAccount account = new RealAccount(admin, namespace);
        account.create(new ServiceAccountBuilder()
                .withNewMetadata()
                .withName(NAME)
                .withNamespace(namespace)
                .endMetadata()
                .build());
        for (String manifest : MANIFESTS) {
            try (InputStream yaml = Files.newInputStream(Path.of("k8s-manifests", manifest))) {
                admin.load(yaml).items().forEach(account::grant);
            }
        }
        return account;
    }

    /** Under a name of its own: what somebody installed there stays as it is. */
    private void grant(HasMetadata item) {
        item.getMetadata().setName(own(item.getMetadata().getName()));
        item.getMetadata().setNamespace(namespace);
        if (item instanceof ClusterRoleBinding binding) {
            binding.getRoleRef().setName(own(binding.getRoleRef().getName()));
            binding.getSubjects().forEach(subject -> subject.setNamespace(namespace));
        }
        if (item instanceof RoleBinding binding) {
            binding.getRoleRef().setName(own(binding.getRoleRef().getName()));
            binding.getSubjects().forEach(subject -> subject.setNamespace(namespace));
        }
        if (item.getKind().startsWith("Cluster")) {
            item.getMetadata().setNamespace(null);
        }
        create(item);
    }

    private void create(HasMetadata item) {
        admin.resource(item).create();
        made.add(item);
    }

    private String own(String name) {
        return namespace + "-" + name;
    }

    /** Of this account alone, with none of the administrator's credentials. */
    Config config() {
        Config theirs = admin.getConfiguration();
        String token = admin.serviceAccounts()
                .inNamespace(namespace)
                .withName(NAME)
                .tokenRequest(new TokenRequestBuilder().withNewSpec().endSpec().build())
                .getStatus()
                .getToken();
        return new ConfigBuilder()
                .withAutoConfigure(false)
                .withMasterUrl(theirs.getMasterUrl())
                .withCaCertData(theirs.getCaCertData())
                .withCaCertFile(theirs.getCaCertFile())
                .withTrustCerts(theirs.isTrustCerts())
                .withOauthToken(token)
                .build();
    }

    @Override
    public void close() {
        made.forEach(item -> admin.resource(item).delete());
    }
}
