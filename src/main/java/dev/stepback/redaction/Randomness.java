package dev.stepback.redaction;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Tells characters that were drawn at random from words, names, numbers and what Kubernetes calls things.
 *
 * <p>Shannon's entropy does not do it: twenty random letters have no more of it than {@code minimumReplicasUnavailable}.
 * What differs is which letter follows which. Nine of ten neighbours in words and identifiers are among the two hundred
 * pairs that are common in them; in random text it is three of ten.
 */
final class Randomness {
    /** The commonest pairs of letters in English prose and in identifiers. */
    private static final String COMMON =
            "abacadagaialamanaparasatauaybabebiblbobucacccechcickclcocrctcudadedidodrdsdueaecedeeefegelemenepeqeresetev"
                    + "exfafefffifofrgagegigrhahehihohtiaibicidieifigiliminioipirisitivizkekilaldlelilllolsltlulymamb"
                    + "memimmmompnancndnenfngninnnonsntnunvobocodogolomonoooporosotouovowpapepiplpoppprptpuqurarcrdrer"
                    + "grirkrmrnrorrrsrtrurysascseshsisospssstsutatethtitltotrtstttutyuaubucueuiulumunupurusutvavevivo"
                    + "wawewixtze";

    /** Whether two small letters are among them, at 26 times the first plus the second. */
    private static final boolean[] PAIRS = pairs();

    /**
     * Looks random and is worth reading: uids, digests with their algorithm, ids of containers, and fingerprints of files and
     * of keys.
     */
    private static final Pattern READABLE = Pattern.compile(
            "(?<![0-9A-Fa-f])[0-9A-Fa-f]{8}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{12}(?![0-9A-Fa-f])"
                    + "|(?<![\\w])(?:sha(?:1|224|256|384|512)|md5|blake2b)[:-][0-9a-f]{32,128}(?![\\w])"
                    + "|(?<![\\w])(?:sha(?:256|384|512)-|SHA256:)[A-Za-z0-9+/]{43,86}={0,2}(?![\\w+/=])"
                    + "|(?<![\\w])(?:containerd|docker|cri-o|pod)://[0-9a-f]{64}(?![\\w])");

    private static final int SHORTEST = 16;
    private static final int SHORTEST_OF_FEWER_KINDS = 20;
    private static final int SHORTEST_OF_LETTERS = 24;
    private static final int SHORTEST_HEX = 32;
    /** A Git commit: in a tag, in a version, in what a deploy tool says. */
    private static final int COMMIT = 40;

    private Randomness() {}

    /** A part of a text, by its first character and the one after its last. */
    record Range(int from, int to) {}

    /**
     * The parts of a text that look random, in their order.
     *
     * @param hex whether also numbers in hexadecimal are, that are as long as a key
     */
    static List<Range> in(String text, boolean hex) {
        if (text.length() < SHORTEST) {
            return List.of();
        }
        String neutral = blanked(text);
        List<Range> found = new ArrayList<>();
        int i = 0;
        while (i < neutral.length()) {
            if (!belongs(neutral.charAt(i))) {
                i++;
                continue;
            }
            int end = i;
            while (end < neutral.length() && belongs(neutral.charAt(end))) {
                end++;
            }
            if (end - i >= SHORTEST) {
                run(neutral, i, end, hex, found);
            }
            i = end;
        }
        return found;
    }

    /** What is worth reading is taken out of the sight of what follows, at its own length. */
    private static String blanked(String text) {
        Matcher readable = READABLE.matcher(text);
        StringBuilder out = null;
        while (readable.find()) {
            out = out == null ? new StringBuilder(text) : out;
            for (int i = readable.start(); i < readable.end(); i++) {
                out.setCharAt(i, ' ');
            }
        }
        return out == null ? text : out.toString();
    }

    /** A run of the characters that Base64 and its kin are made of. */
    private static void run(String text, int from, int to, boolean hex, List<Range> found) {
        List<Piece> pieces = new ArrayList<>();
        int i = from;
        while (i < to) {
            int slash = text.indexOf('/', i);
            int end = slash < 0 || slash > to ? to : slash;
            path(text, i, end, hex, pieces);
            i = end + 1;
        }
        if (isMixture(text, from, to, pieces)) {
            pieces.forEach(piece -> piece.random = true);
        }
        spread(pieces);
        Range last = null;
        for (Piece piece : pieces) {
            if (!piece.random) {
                continue;
            }
            if (last != null && last.to() + 1 == piece.from) {
                found.set(found.size() - 1, last = new Range(last.from(), piece.to));
            } else {
                found.add(last = new Range(piece.from, piece.to));
            }
        }
    }

    /** Base64 has slashes, as paths have; but words a path has too. */
    private static boolean isMixture(String text, int from, int to, List<Piece> pieces) {
        return to - from >= SHORTEST_OF_FEWER_KINDS
                && kinds(text, from, to) == 3
                && share(text, from, to) < 0.5
                && pieces.stream().noneMatch(piece -> piece.word && piece.to - piece.from > 3);
    }

    /** What stands between two slashes: all of it when it is a mixture that no name is, or those parts of it that are. */
    private static void path(String text, int from, int to, boolean hex, List<Piece> pieces) {
        boolean whole = to - from >= SHORTEST && kinds(text, from, to) == 3 && share(text, from, to) < 0.58;
        int i = from;
        while (i < to) {
            int end = i;
            while (end < to && Character.isLetterOrDigit(text.charAt(end))) {
                end++;
            }
            if (end > i) {
                pieces.add(new Piece(text, i, end, whole || isRandom(text, i, end, hex)));
            }
            i = end + 1;
        }
    }

    private static boolean isRandom(String text, int from, int to, boolean hex) {
        int length = to - from;
        if (isHex(text, from, to)) {
            return hex && length >= SHORTEST_HEX && length != COMMIT && kinds(text, from, to) > 1;
        }
        double share = share(text, from, to);
        return switch (kinds(text, from, to)) {
            case 3 -> length >= SHORTEST && share < 0.58;
            case 2 -> length >= SHORTEST_OF_FEWER_KINDS && share < 0.5 && letters(text, from, to) >= 4;
            default -> length >= SHORTEST_OF_LETTERS && share < 0.5 && letters(text, from, to) == length;
        };
    }

    /** Crumbs beside something random belong to it; words do not. */
    private static void spread(List<Piece> pieces) {
        for (int i = 1; i < pieces.size(); i++) {
            pieces.get(i).joins(pieces.get(i - 1));
        }
        for (int i = pieces.size() - 2; i >= 0; i--) {
            pieces.get(i).joins(pieces.get(i + 1));
        }
    }

    private static final class Piece {
        private final int from;
        private final int to;
        private final boolean word;
        private boolean random;

        private Piece(String text, int from, int to, boolean random) {
            this.from = from;
            this.to = to;
            this.random = random;
            this.word = letters(text, from, to) >= 3 && share(text, from, to) >= 0.5;
        }

        private void joins(Piece neighbour) {
            random |= neighbour.random && !word;
        }
    }

    /** How many of the neighbours, 0 to 1, are a common pair of letters, two digits or the same; 1 when there are none. */
    static double share(String text, int from, int to) {
        int all = 0;
        int common = 0;
        for (int i = from + 1; i < to; i++) {
            char a = lower(text.charAt(i - 1));
            char b = lower(text.charAt(i));
            if (!Character.isLetterOrDigit(a) || !Character.isLetterOrDigit(b)) {
                continue;
            }
            all++;
            if (a == b || (isDigit(a) && isDigit(b)) || isCommon(a, b)) {
                common++;
            }
        }
        return all == 0 ? 1 : (double) common / all;
    }

    /** How many there are of: capital letters, small letters, digits. */
    private static int kinds(String text, int from, int to) {
        int kinds = 0;
        for (int i = from; i < to; i++) {
            char c = text.charAt(i);
            kinds |= isDigit(c) ? 1 : c >= 'a' && c <= 'z' ? 2 : c >= 'A' && c <= 'Z' ? 4 : 0;
        }
        return Integer.bitCount(kinds);
    }

    private static int letters(String text, int from, int to) {
        int letters = 0;
        for (int i = from; i < to; i++) {
            letters += Character.isLetter(text.charAt(i)) ? 1 : 0;
        }
        return letters;
    }

    private static boolean isHex(String text, int from, int to) {
        for (int i = from; i < to; i++) {
            char c = lower(text.charAt(i));
            if (!isDigit(c) && (c < 'a' || c > 'f')) {
                return false;
            }
        }
        return true;
    }

    private static boolean belongs(char c) {
        return isDigit(c)
                || (c >= 'a' && c <= 'z')
                || (c >= 'A' && c <= 'Z')
                || c == '+'
                || c == '/'
                || c == '_'
                || c == '-';
    }

    private static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }

    private static char lower(char c) {
        return c >= 'A' && c <= 'Z' ? (char) (c + 32) : c;
    }

    private static boolean isCommon(char a, char b) {
        return a >= 'a' && a <= 'z' && b >= 'a' && b <= 'z' && PAIRS[26 * (a - 'a') + b - 'a'];
    }

    private static boolean[] pairs() {
        boolean[] pairs = new boolean[26 * 26];
        for (int i = 0; i < COMMON.length(); i += 2) {
            pairs[26 * (COMMON.charAt(i) - 'a') + COMMON.charAt(i + 1) - 'a'] = true;
        }
        return pairs;
    }
}
