package dev.stepback.target.statefulset;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An image reference as the version of a program.
 *
 * @param repository without what Docker adds by itself: {@code docker.io/library/mysql} is {@code mysql}
 * @param tag empty when there is none
 */
record ImageVersion(String repository, String tag) {
    /** The numbers at the beginning of a tag, as in {@code v8.0.36-debian}; a commit's hash has none. */
    private static final Pattern NUMBERS = Pattern.compile("[vV]?(\\d+(?:\\.\\d+)*)(?![0-9A-Za-z])");

    static ImageVersion of(String image) {
        int at = image.indexOf('@');
        String named = at < 0 ? image : image.substring(0, at);
        int colon = named.lastIndexOf(':');
        boolean tagged = colon > named.lastIndexOf('/');
        String repository = (tagged ? named.substring(0, colon) : named).toLowerCase(Locale.ROOT);
        for (String implied : List.of("docker.io/", "index.docker.io/", "library/")) {
            repository = repository.startsWith(implied) ? repository.substring(implied.length()) : repository;
        }
        return new ImageVersion(repository, tagged ? named.substring(colon + 1) : "");
    }

    String shortName() {
        return repository.substring(repository.lastIndexOf('/') + 1);
    }

    boolean isSameProgram(ImageVersion other) {
        return shortName().equals(other.shortName());
    }

    /** Whether both are versions of the same program, and this one is the older. Unknown is no. */
    boolean olderThan(ImageVersion other) {
        if (!isSameProgram(other)) {
            return false;
        }
        List<BigInteger> mine = numbers();
        List<BigInteger> others = other.numbers();
        if (mine.isEmpty() || others.isEmpty()) {
            return false;
        }
        // What a tag leaves open, as "8" does, is not compared.
        for (int i = 0; i < Math.min(mine.size(), others.size()); i++) {
            int order = mine.get(i).compareTo(others.get(i));
            if (order != 0) {
                return order < 0;
            }
        }
        return false;
    }

    private List<BigInteger> numbers() {
        Matcher matcher = NUMBERS.matcher(tag);
        List<BigInteger> numbers = new ArrayList<>();
        if (matcher.lookingAt()) {
            for (String number : matcher.group(1).split("\\.", -1)) {
                numbers.add(new BigInteger(number));
            }
        }
        return numbers;
    }
}
