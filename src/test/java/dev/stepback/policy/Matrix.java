package dev.stepback.policy;

import dev.stepback.config.Checked;
import dev.stepback.config.ConfigLoader;
import dev.stepback.config.StepbackConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** The file {@code matrix.md}: its tables, each with the configuration that stands above it. */
final class Matrix {
    static final Path FILE = Path.of("src/test/resources/dev/stepback/policy/matrix.md");

    private final List<Row> rows = new ArrayList<>();

    /**
     * A line of a table.
     *
     * @param heading the nearest one above
     * @param cells by the names of their columns
     */
    record Row(int line, String heading, Policy policy, Map<String, String> cells) {
        String cell(String column) {
            String cell = cells.get(column);
            if (cell == null) {
                throw new IllegalArgumentException("line " + line + " has no " + column);
            }
            return cell;
        }

        boolean has(String column) {
            return cells.containsKey(column);
        }
    }

    static Matrix read() throws IOException {
        Matrix matrix = new Matrix();
        matrix.parse(Files.readAllLines(FILE));
        return matrix;
    }

    /** The lines of all tables that have this column. */
    Stream<Row> rowsWith(String column) {
        return rows.stream().filter(row -> row.has(column));
    }

    private void parse(List<String> lines) {
        String heading = "";
        Policy policy = Policy.DEFAULT;
        List<String> columns = List.of();
        for (int i = 0; i < lines.size(); i++) {
            String line = lines.get(i);
            if (line.startsWith("#")) {
                heading = line.replaceAll("^#+ *", "");
            } else if (line.equals("```yaml")) {
                StringBuilder yaml = new StringBuilder();
                while (!lines.get(++i).equals("```")) {
                    yaml.append(lines.get(i)).append('\n');
                }
                policy = policy(yaml.toString(), "configuration above line " + (i + 1));
            } else if (!line.startsWith("|")) {
                columns = List.of();
            } else if (columns.isEmpty()) {
                columns = cells(line);
                i++;
            } else {
                rows.add(new Row(i + 1, heading, policy, byColumn(columns, cells(line))));
            }
        }
    }

    private static Policy policy(String yaml, String source) {
        Checked<StepbackConfig> checked = ConfigLoader.load(yaml, source, Map.of());
        return checked.valid()
                .orElseThrow(() -> new IllegalArgumentException(checked.toString()))
                .policy();
    }

    private static Map<String, String> byColumn(List<String> columns, List<String> cells) {
        if (columns.size() != cells.size()) {
            throw new IllegalArgumentException("expected " + columns + ", not " + cells);
        }
        Map<String, String> byColumn = new LinkedHashMap<>();
        for (int i = 0; i < columns.size(); i++) {
            byColumn.put(columns.get(i), cells.get(i));
        }
        return byColumn;
    }

    private static List<String> cells(String line) {
        String inner = line.strip();
        return Stream.of(inner.substring(1, inner.length() - 1).split("\\|", -1))
                .map(String::strip)
                .toList();
    }
}
