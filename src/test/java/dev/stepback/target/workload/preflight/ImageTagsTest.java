package dev.stepback.target.workload.preflight;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class ImageTagsTest {

    @RegisterExtension
    static final Ground ground = new Ground();

    private static String spec(String image) {
        return "{containers: [{name: web, image: '" + image + "'}]}";
    }

    private static void pod(String name, String image, String digest) {
        ground.apply("{apiVersion: v1, kind: Pod, metadata: {name: " + name + ", labels: {app: web}}, spec: "
                + spec(image) + "}");
        ground.status("{apiVersion: v1, kind: Pod, metadata: {name: " + name + "}, spec: " + spec(image)
                + ", status: {phase: Running, containerStatuses: [{name: web, image: 'x', imageID: 'x@sha256:" + digest
                + "', ready: true, restartCount: 0}]}}");
    }

    @Test
    void tagThatStays_passes_alsoWithADigest() {
        ground.released(spec("registry:5000/web:1"), spec("registry:5000/web:2"));
        pod("a", "registry:5000/web:1", "aa");
        pod("b", "registry:5000/web:1", "aa");
        pod("c", "registry:5000/web:2", "bb");
        assertThat(ground.says("image-tag")).isEqualTo("PASS No image tag is known to move.");

        ground.newNamespace();
        ground.released(spec("web:latest@sha256:" + "a".repeat(64)), spec("web:2"));
        assertThat(ground.says("image-tag")).startsWith("PASS");
    }

    @Test
    void imageThatANodeKnowsByItsOwnId_isNoOther() {
        ground.released(spec("web:1"), spec("web:2"));
        pod("a", "web:1", "aa");
        pod("b", "web:1", "aa");
        String loaded = "{apiVersion: v1, kind: Pod, metadata: {name: b}, spec: " + spec("web:1")
                + ", status: {containerStatuses: [{name: web, image: 'x', imageID: 'sha256:cc', ready: true,"
                + " restartCount: 0}]}}";
        ground.status(loaded);
        assertThat(ground.says("image-tag")).startsWith("PASS");

        pod("c", "web:1", "aa");
        ground.status(loaded.replace("name: b}", "name: c}").replace("sha256:cc", "sha256:dd"));
        assertThat(ground.says("image-tag")).startsWith("WARN web:1 may not be what it was");
    }

    @Test
    void latestAndNoTag_warn() {
        ground.released(spec("web:latest"), spec("web:2"));
        assertThat(ground.says("image-tag"))
                .isEqualTo("WARN web:latest may not be what it was: such a tag moves. Look in the registry what it is"
                        + " now.");

        ground.newNamespace();
        ground.released(spec("registry:5000/web"), spec("registry:5000/web:2"));
        assertThat(ground.says("image-tag")).startsWith("WARN registry:5000/web may not be what it was");
    }

    @Test
    void latest_isSaid_alsoWherePodsMayNotBeLookedAt() {
        ground.released(
                "{containers: [{name: web, image: 'web:latest'}, {name: proxy, image: 'proxy:1'}]}", spec("web:2"));
        ground.cluster.faults().deny("list", "pods");
        try {
            assertThat(ground.says("image-tag")).startsWith("WARN web:latest may not be what it was");
        } finally {
            ground.cluster.faults().clear();
        }
    }

    @Test
    void latestInBothRevisions_isSaidToBringBackTheSame() {
        ground.released(spec("web:latest"), "{containers: [{name: web, image: 'web:latest', args: [new]}]}");

        assertThat(ground.says("image-tag"))
                .endsWith("Both revisions name it: going back may bring back the very same.");
    }

    @Test
    void sameTagWithAnotherDigestInTheRunningPods_warns() {
        ground.released(spec("web:1"), spec("web:2"));
        pod("a", "web:1", "aa");
        pod("b", "web:1", "bb");

        assertThat(ground.says("image-tag"))
                .isEqualTo("WARN web:1 may not be what it was: its pods run different images under that tag."
                        + " Look in the registry which one it is now.");
    }
}
