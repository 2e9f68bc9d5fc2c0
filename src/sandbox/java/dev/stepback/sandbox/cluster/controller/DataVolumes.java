package dev.stepback.sandbox.cluster.controller;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.stepback.sandbox.cluster.ObjectStore;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Volume;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What databases leave on their volumes: the first ready pod of a newer series upgrades the data, which is noted on the
 * claim, and from then on an older one exits with an error. A series is a major version, of MySQL and MariaDB the minor
 * too.
 */
final class DataVolumes {
    static final String SERIES = "sandbox.stepback.dev/data-series";

    private static final Set<String> DATABASES = Set.of("postgres", "mongo", "mysql", "mariadb");
    private static final Set<String> BY_MINOR = Set.of("mysql", "mariadb");
    private static final Pattern IMAGE = Pattern.compile("(?:.*/)?([a-z]+):(\\d+)(?:\\.(\\d+))?.*");

    private final ObjectStore store;

    DataVolumes(ObjectStore store) {
        this.store = store;
    }

    /** What a pod writes to its log when it finds the data of a newer series; empty when it can work with what is there. */
    Optional<String> refusal(Pod pod) {
        Optional<Series> own = seriesOf(pod);
        return claims(pod).stream()
                .map(claim -> claim.at("/metadata/annotations").path(SERIES).asText(""))
                .filter(text -> !text.isEmpty())
                .map(Series::parse)
                .filter(data -> own.filter(series -> series.isOlderThan(data)).isPresent())
                .findFirst()
                .map(data -> "INFO  Starting\nERROR The data directory was upgraded by version " + data
                        + ", which is not compatible with this version " + own.orElseThrow()
                        + "\nINFO  Exiting with code 1\n");
    }

    /** Notes the series of a pod that has become ready on its claims. */
    void used(Pod pod) {
        seriesOf(pod).ifPresent(series -> claims(pod).forEach(claim -> note(claim, series)));
    }

    private void note(ObjectNode claim, Series series) {
        String known = claim.at("/metadata/annotations").path(SERIES).asText("");
        if (known.isEmpty() || Series.parse(known).isOlderThan(series)) {
            claim.withObject("/metadata").withObject("/annotations").put(SERIES, series.toString());
            store.update(Resource.CLAIMS.name(), claim);
        }
    }

    private List<ObjectNode> claims(Pod pod) {
        return pod.getSpec().getVolumes().stream()
                .map(Volume::getPersistentVolumeClaim)
                .filter(source -> source != null)
                .map(source ->
                        store.get(Resource.CLAIMS.name(), pod.getMetadata().getNamespace(), source.getClaimName()))
                .flatMap(Optional::stream)
                .toList();
    }

    private static Optional<Series> seriesOf(Pod pod) {
        return pod.getSpec().getContainers().stream()
                .map(Container::getImage)
                .map(IMAGE::matcher)
                .filter(image -> image.matches() && DATABASES.contains(image.group(1)))
                .map(DataVolumes::series)
                .findFirst();
    }

    private static Series series(Matcher image) {
        boolean minor = BY_MINOR.contains(image.group(1)) && image.group(3) != null;
        return new Series(Integer.parseInt(image.group(2)), minor ? Integer.parseInt(image.group(3)) : -1);
    }

    /** @param minor -1 where the major version says all */
    private record Series(int major, int minor) {
        static Series parse(String text) {
            String[] parts = text.split("\\.", -1);
            return new Series(Integer.parseInt(parts[0]), parts.length > 1 ? Integer.parseInt(parts[1]) : -1);
        }

        boolean isOlderThan(Series other) {
            return major < other.major || (major == other.major && minor < other.minor);
        }

        @Override
        public String toString() {
            return minor < 0 ? Integer.toString(major) : major + "." + minor;
        }
    }
}
