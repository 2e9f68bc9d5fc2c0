package dev.stepback.sandbox.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.IntNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.TextNode;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.StreamSupport;

/**
 * An expression of the part of CEL that the rules of CRDs here need: {@code self} and {@code oldSelf} with fields and
 * items, {@code has}, {@code size}, lists with {@code all} and {@code exists}, numbers and texts, {@code !}, comparisons,
 * {@code &&} and {@code ||}.
 */
final class RuleExpression {
    private static final Pattern TOKEN =
            Pattern.compile("\\s*(&&|\\|\\||[=!<>]=|[!<>()\\[\\].,]|'[^']*'|\\d+|[A-Za-z_]\\w*)");

    private final List<String> tokens = new ArrayList<>();
    private final Deque<String> variables = new ArrayDeque<>(List.of("self", "oldSelf"));
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

    /** What an expression is, by the values of its variables; what is missing throws {@link IllegalStateException}. */
    @FunctionalInterface
    private interface Value extends Function<Map<String, JsonNode>, JsonNode> {}

    /** A rule that can be asked. */
    @FunctionalInterface
    interface Rule {
        /** @throws IllegalStateException when a field or an item is missing that the rule needs */
        boolean holds(JsonNode self, JsonNode oldSelf);
    }

    /** @throws IllegalArgumentException when it is beyond what is understood here */
    static Rule parse(String text) {
        RuleExpression expression = new RuleExpression(text);
        Value value = expression.or();
        if (expression.at < expression.tokens.size()) {
            throw new IllegalArgumentException("unexpected " + expression.peek());
        }
        return (self, old) -> value.apply(Map.of("self", self, "oldSelf", old)).asBoolean();
    }

    private Value or() {
        Value left = and();
        while (accept("||")) {
            Value first = left;
            Value second = and();
            left = scope -> BooleanNode.valueOf(
                    first.apply(scope).asBoolean() || second.apply(scope).asBoolean());
        }
        return left;
    }

    private Value and() {
        Value left = comparison();
        while (accept("&&")) {
            Value first = left;
            Value second = comparison();
            left = scope -> BooleanNode.valueOf(
                    first.apply(scope).asBoolean() && second.apply(scope).asBoolean());
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
        return scope -> BooleanNode.valueOf(compare(there(left.apply(scope)), operator, there(right.apply(scope))));
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
            return scope -> BooleanNode.valueOf(!there(value.apply(scope)).asBoolean());
        }
        Value value = primary();
        while (true) {
            Value on = value;
            if (accept("[")) {
                Value index = or();
                expect("]");
                value = scope ->
                        there(there(on.apply(scope)).path(index.apply(scope).asInt()));
            } else if (accept(".")) {
                String name = next();
                value = accept("(")
                        ? overItems(on, name)
                        : scope -> there(on.apply(scope)).path(name);
            } else {
                return value;
            }
        }
    }

    /** {@code list.all(x, condition)} or {@code list.exists(x, condition)}, behind the bracket. */
    private Value overItems(Value list, String macro) {
        if (!Set.of("all", "exists").contains(macro)) {
            throw new IllegalArgumentException("unknown " + macro);
        }
        String variable = next();
        expect(",");
        variables.push(variable);
        Value condition = or();
        variables.pop();
        expect(")");
        return scope -> {
            var results = StreamSupport.stream(there(list.apply(scope)).spliterator(), false)
                    .map(item -> {
                        Map<String, JsonNode> inner = new HashMap<>(scope);
                        inner.put(variable, item);
                        return condition.apply(inner).asBoolean();
                    });
            return BooleanNode.valueOf(macro.equals("all") ? results.allMatch(b -> b) : results.anyMatch(b -> b));
        };
    }

    private Value primary() {
        if (accept("(")) {
            Value value = or();
            expect(")");
            return value;
        }
        if (accept("[")) {
            return list();
        }
        String token = next();
        if (token.startsWith("'")) {
            return scope -> TextNode.valueOf(token.substring(1, token.length() - 1));
        }
        if (Character.isDigit(token.charAt(0))) {
            return scope -> IntNode.valueOf(Integer.parseInt(token));
        }
        if (token.equals("has") || token.equals("size")) {
            expect("(");
            Value of = or();
            expect(")");
            return token.equals("has")
                    ? scope -> BooleanNode.valueOf(!of.apply(scope).isMissingNode())
                    : scope -> IntNode.valueOf(there(of.apply(scope)).size());
        }
        if (!variables.contains(token)) {
            throw new IllegalArgumentException("unknown " + token);
        }
        return scope -> scope.getOrDefault(token, JsonNodeFactory.instance.missingNode());
    }

    private Value list() {
        List<Value> items = new ArrayList<>();
        while (!accept("]")) {
            items.add(or());
            if (!peek().equals("]")) {
                expect(",");
            }
        }
        return scope -> {
            ArrayNode list = JsonNodeFactory.instance.arrayNode();
            items.forEach(item -> list.add(item.apply(scope)));
            return list;
        };
    }

    private static JsonNode there(JsonNode node) {
        if (node.isMissingNode()) {
            throw new IllegalStateException("no such key");
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
