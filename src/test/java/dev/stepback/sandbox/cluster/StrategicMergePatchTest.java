package dev.stepback.sandbox.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.junit.jupiter.api.Test;

class StrategicMergePatchTest {
    private static final ResourceType DEPLOYMENTS = new ResourceTypes().require("deployments.apps");

    @Test
    void elements_areMergedByTheirKey() {
        assertThat(patch(
                        "{'containers':[{'name':'a','image':'1','env':[{'name':'X','value':'1'}]},{'name':'b'}]}",
                        "{'containers':[{'name':'a','env':[{'name':'Y','value':'2'}]},{'name':'c'}]}"))
                .hasToString(
                        json("{'containers':[{'name':'a','image':'1','env':[{'name':'X','value':'1'},{'name':'Y','value':'2'}]},{'name':'b'},{'name':'c'}]}")
                                .toString());
    }

    @Test
    void patchDelete_removesAnElement_andNullAField() {
        assertThat(patch(
                        "{'containers':[{'name':'a'},{'name':'b','image':'1'}],'x':1}",
                        "{'containers':[{'name':'a','$patch':'delete'},{'name':'b','image':null}],'x':null}"))
                .hasToString(json("{'containers':[{'name':'b'}]}").toString());
    }

    @Test
    void patchReplace_replacesAnObjectOrAList() {
        assertThat(patch("{'template':{'a':1}}", "{'template':{'b':2,'$patch':'replace'}}"))
                .hasToString(json("{'template':{'b':2}}").toString());
        assertThat(patch("{'containers':[{'name':'a'}]}", "{'containers':[{'name':'b'},{'$patch':'replace'}]}"))
                .hasToString(json("{'containers':[{'name':'b'}]}").toString());
    }

    @Test
    void retainKeys_dropsTheOthers() {
        assertThat(patch(
                        "{'strategy':{'type':'RollingUpdate','rollingUpdate':{'maxSurge':1}}}",
                        "{'strategy':{'$retainKeys':['type'],'type':'Recreate'}}"))
                .hasToString(json("{'strategy':{'type':'Recreate'}}").toString());
    }

    @Test
    void setElementOrder_orders() {
        assertThat(
                        patch(
                                "{'containers':[{'name':'a'},{'name':'b'}]}",
                                "{'$setElementOrder/containers':[{'name':'c'},{'name':'b'},{'name':'a'}],'containers':[{'name':'c'}]}"))
                .hasToString(json("{'containers':[{'name':'c'},{'name':'b'},{'name':'a'}]}")
                        .toString());
    }

    @Test
    void listsWithoutAKey_areReplaced() {
        assertThat(patch("{'args':['a','b']}", "{'args':['c']}"))
                .hasToString(json("{'args':['c']}").toString());
    }

    @Test
    void anElementWithoutItsKey_isRefused() {
        assertThatThrownBy(() -> patch("{}", "{'containers':[{'image':'1'}]}"))
                .isInstanceOfSatisfying(
                        ApiException.class,
                        failure -> assertThat(failure.code()).isEqualTo(400));
    }

    private static JsonNode patch(String target, String patch) {
        return StrategicMergePatch.apply(DEPLOYMENTS, (ObjectNode) json(target), json(patch));
    }

    private static JsonNode json(String text) {
        try {
            return Json.MAPPER.readTree(text.replace('\'', '"'));
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(e);
        }
    }
}
