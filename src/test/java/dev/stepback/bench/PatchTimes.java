package dev.stepback.bench;

import io.fabric8.kubernetes.client.http.AsyncBody;
import io.fabric8.kubernetes.client.http.HttpRequest;
import io.fabric8.kubernetes.client.http.HttpResponse;
import io.fabric8.kubernetes.client.http.Interceptor;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Notes when the bot's patches of Deployments were answered, dry runs apart. */
final class PatchTimes implements Interceptor {
    private final Map<String, Long> answered = new ConcurrentHashMap<>();

    @Override
    public void after(HttpRequest request, HttpResponse<?> response, AsyncBody.Consumer<List<ByteBuffer>> consumer) {
        String path = request.uri().getPath();
        String query = request.uri().getQuery();
        boolean dryRun = query != null && query.contains("dryRun");
        if (request.method().equals("PATCH") && path.contains("/deployments/") && !dryRun && response.isSuccessful()) {
            answered.putIfAbsent(path.substring(path.lastIndexOf('/') + 1), System.nanoTime());
        }
    }

    /** Whether the patch of this Deployment was answered. */
    boolean has(String deployment) {
        return answered.containsKey(deployment);
    }

    /** When, as {@link System#nanoTime} counts. */
    long of(String deployment) {
        return answered.getOrDefault(deployment, 0L);
    }
}
