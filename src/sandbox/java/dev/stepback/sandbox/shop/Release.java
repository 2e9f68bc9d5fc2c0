package dev.stepback.sandbox.shop;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * One release of a workload.
 *
 * @param tag of the image
 * @param env variables with plain values, in their order
 * @param memory the limit, such as {@code 256Mi}
 */
record Release(String tag, String changeCause, Map<String, String> env, String memory) {

    /** @param env names and values in turn */
    static Release of(String tag, String changeCause, String memory, String... env) {
        Map<String, String> variables = new LinkedHashMap<>();
        for (int i = 0; i + 1 < env.length; i += 2) {
            variables.put(env[i], env[i + 1]);
        }
        return new Release(tag, changeCause, variables, memory);
    }
}
