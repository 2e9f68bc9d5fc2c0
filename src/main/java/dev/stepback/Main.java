package dev.stepback;

/** Starts Stepback. */
public final class Main {
    private Main() {}

    public static void main(String[] args) {
        System.out.println("Stepback");
    }
}
