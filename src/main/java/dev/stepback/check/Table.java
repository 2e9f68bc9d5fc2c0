package dev.stepback.check;

import java.util.List;

/** Prints rows in aligned columns. */
public final class Table {
    private Table() {}

    public static String of(List<Row> rows) {
        int area = width(rows.stream().map(Row::area).toList());
        int item = width(rows.stream().map(Row::item).toList());
        StringBuilder text = new StringBuilder();
        for (Row row : rows) {
            String line = "%-4s  %-" + area + "s  %-" + item + "s  %s";
            text.append(line.formatted(row.ok() ? "ok" : "FAIL", row.area(), row.item(), row.detail())
                            .stripTrailing())
                    .append('\n');
        }
        return text.toString();
    }

    private static int width(List<String> texts) {
        return texts.stream().mapToInt(String::length).max().orElse(1);
    }
}
