package dev.stepback.target.workload.preflight;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class ServicesTest {
    private static final String HTTP = "{name: http, containerPort: 8080}";

    @RegisterExtension
    static final Ground ground = new Ground();

    private static String service(String selector, String port) {
        return "{apiVersion: v1, kind: Service, metadata: {name: web}, spec: {selector: " + selector
                + ", ports: [{port: 80, targetPort: " + port + "}]}}";
    }

    private static String spec(String image, String ports) {
        return "{containers: [{name: web, image: '" + image + "', ports: [" + ports + "]}]}";
    }

    private static void released(String oldPorts, String newPorts) {
        ground.released(spec("web:1", oldPorts), spec("web:2", newPorts));
    }

    @Test
    void selectorAndPort_passWhenBothRevisionsFit() {
        ground.apply(
                service("{app: web}", "http"), service("{app: other}", "nope").replace("name: web", "name: other"));
        released(HTTP, HTTP);

        assertThat(ground.says("services")).isEqualTo("PASS Its Services find the restored pods.");
    }

    @Test
    void noService_saysNothing() {
        ground.apply(service("{app: other}", "http"));
        released(HTTP, HTTP);

        assertThat(ground.says("services")).isEmpty();
    }

    @Test
    void selectorThatTheRestoredLabelsDoNotMatch_warns() {
        ground.apply(service("{app: web, track: new}", "http"));
        ground.released("{app: web}", spec("web:1", HTTP), "{app: web, track: new}", spec("web:2", HTTP), "");

        assertThat(ground.says("services"))
                .isEqualTo("WARN Service web will not find the restored pods, so they get no traffic from it: its"
                        + " selector wants track=new. Change it back, too.");
    }

    @Test
    void selectorThatOnlyTheRestoredLabelsMatch_isNoneOfItsServicesYet() {
        ground.apply(service("{app: web, track: old}", "http"));
        ground.released("{app: web, track: old}", spec("web:1", HTTP), "{app: web}", spec("web:2", HTTP), "");

        assertThat(ground.says("services")).isEmpty();
    }

    @Test
    void portThatTheRestoredPodsLack_warns_byNameAndByNumber() {
        ground.apply(service("{app: web}", "http"));
        released("{name: web, containerPort: 8080}", HTTP);
        assertThat(ground.says("services"))
                .isEqualTo(
                        "WARN Port 80 of Service web goes to container port http, which the restored pods do not have:"
                                + " its traffic may be lost. Change the Service back, too.");

        ground.newNamespace();
        ground.apply(service("{app: web}", "9090"));
        released(HTTP, "{containerPort: 9090}");
        assertThat(ground.says("services")).startsWith("WARN").contains("container port 9090");
    }

    @Test
    void numberThatNeitherRevisionNames_works() {
        ground.apply(service("{app: web}", "9090"));
        released(HTTP, HTTP);

        assertThat(ground.says("services")).startsWith("PASS");
    }
}
