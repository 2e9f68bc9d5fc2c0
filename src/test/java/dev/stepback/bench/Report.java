package dev.stepback.bench;

import java.util.ArrayList;
import java.util.List;

/** The table that is printed at the end. */
final class Report {
    private record Line(String what, String count, String median, String p99) {}

    private final List<Line> lines = new ArrayList<>();

    void add(String what, Samples samples) {
        lines.add(new Line(
                what, String.valueOf(samples.size()), Samples.millis(samples.median()), Samples.millis(samples.p99())));
    }

    /** A figure without a distribution, or why there is none. */
    void add(String what, String figure) {
        lines.add(new Line(what, "", figure, ""));
    }

    @Override
    public String toString() {
        StringBuilder out = new StringBuilder(format("measurement", "n", "median", "p99"));
        out.append("-".repeat(98)).append('\n');
        lines.forEach(l -> out.append(format(l.what(), l.count(), l.median(), l.p99())));
        return out.toString();
    }

    private static String format(String what, String count, String median, String p99) {
        String line = String.format("%-58s  %5s  %14s  %13s", what, count, median, p99);
        return line.stripTrailing() + "\n";
    }
}
