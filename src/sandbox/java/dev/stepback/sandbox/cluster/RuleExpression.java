package dev.stepback.sandbox.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.IntNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An expression of the part of CEL that the rules of CRDs here need: {@code self} and {@code oldSelf} with fields, {@code
 * has}, {@code size}, numbers and texts, {@code !}, comparisons, {@code &&} and {@code ||}.
 */
final class RuleExpression {
    private static final Pattern TOKEN =
            Pattern.compile("\\s*(&&|\\|\\||[=!<>]=|[!<>()]|'[^']*'|\\d+|[A-Za-z_]\\w*(?:\\.\\w+)*)");

    private final List<String> tokens = new ArrayList<>();
    private int at;

    private RuleExpression(String text) {
        Matcher matcher = TOKEN.matcher(text);
        int end = 0;
        while (matcher.find() && matcher.start() == end) {
            tokens.add(matcher.group(1));
            end = matcher.end();
        }
        if (!text.substring(end).isBlank()) {
            throw new IllegalArgumentException("cannot read " + text.substring(end));
        }
    }

    /** What an expression is of the two objects; a field that is missing throws {@link IllegalStateException}. */
    @FunctionalInterface
    interface Value extends BiFunction<JsonNode, JsonNode, JsonNode> {}

    /** @throws IllegalArgumentException when it is beyond what is understood here */
    static Value parse(String text) {
        RuleExpression expression = new RuleExpression(text);
        Value value = expression.or();
        if (expression.at < expression.tokens.size()) {
            throw new IllegalArgumentException("unexpected " + expression.peek());
        }
        return value;
    }

    private Value or() {
        Value left = and();
        while (accept("||")) {
            Value first = left;
            Value second = and();
            left = (self, old) -> BooleanNode.valueOf(first.apply(self, old).asBoolean()
                    || second.apply(self, old).asBoolean());
        }
        return left;
    }

    private Value and() {
        Value left = comparison();
        while (accept("&&")) {
            Value first = left;
            Value second = comparison();
            left = (self, old) -> BooleanNode.valueOf(first.apply(self, old).asBoolean()
                    && second.apply(self, old).asBoolean());
        }
        return left;
    }

    private Value comparison() {
        Value left = unary();
        String operator = peek();
        if (!operator.matches("[=!<>]=|[<>]")) {
            return left;
        }
        at++;
        Value right = unary();
        return (self, old) -> BooleanNode.valueOf(compare(left.apply(self, old), operator, right.apply(self, old)));
    }

    private static boolean compare(JsonNode left, String operator, JsonNode right) {
        return switch (operator) {
            case "==" -> left.equals(right);
            case "!=" -> !left.equals(right);
            case ">=" -> left.asLong() >= right.asLong();
            case "<=" -> left.asLong() <= right.asLong();
            case ">" -> left.asLong() > right.asLong();
            default -> left.asLong() < right.asLong();
        };
    }

    private Value unary() {
        if (accept("!")) {
            Value value = unary();
            return (self, old) -> BooleanNode.valueOf(!value.apply(self, old).asBoolean());
        }
        if (accept("(")) {
            Value value = or();
            expect(")");
            return value;
        }
        String token = next();
        if (token.startsWith("'")) {
            return (self, old) -> TextNode.valueOf(token.substring(1, token.length() - 1));
        }
        if (Character.isDigit(token.charAt(0))) {
            return (self, old) -> IntNode.valueOf(Integer.parseInt(token));
        }
        if (token.equals("has") || token.equals("size")) {
            expect("(");
            String path = next();
            expect(")");
            return token.equals("has")
                    ? (self, old) -> BooleanNode.valueOf(!find(path, self, old).isMissingNode())
                    : (self, old) -> IntNode.valueOf(existing(path, self, old).size());
        }
        find(token, MissingNode.getInstance(), MissingNode.getInstance());
        return (self, old) -> existing(token, self, old);
    }

    private static JsonNode existing(String path, JsonNode self, JsonNode old) {
        JsonNode found = find(path, self, old);
        if (found.isMissingNode()) {
            throw new IllegalStateException("no such key: " + path);
        }
        return found;
    }

    private static JsonNode find(String path, JsonNode self, JsonNode old) {
        String[] names = path.split("\\.");
        if (!names[0].equals("self") && !names[0].equals("oldSelf")) {
            throw new IllegalArgumentException("unknown " + names[0]);
        }
        JsonNode node = names[0].equals("self") ? self : old;
        for (int i = 1; i < names.length; i++) {
            node = node.path(names[i]);
        }
        return node;
    }

    private String peek() {
        return at < tokens.size() ? tokens.get(at) : "";
    }

    private String next() {
        if (at == tokens.size()) {
            throw new IllegalArgumentException("unexpected end");
        }
        return tokens.get(at++);
    }

    private boolean accept(String token) {
        boolean there = peek().equals(token);
        at += there ? 1 : 0;
        return there;
    }

    private void expect(String token) {
        if (!accept(token)) {
            throw new IllegalArgumentException("expected " + token + " before " + peek());
        }
    }
}
