package dev.stepback.config;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** What a look at a file found. */
sealed interface FileText {

    static FileText read(Path file) {
        try {
            return new Content(Files.readString(file, StandardCharsets.UTF_8));
        } catch (IOException e) {
            return new Unreadable(e.getClass().getSimpleName());
        }
    }

    record Content(String text) implements FileText {
        /** Not its content. */
        @Override
        public String toString() {
            return text.length() + " characters";
        }
    }

    record Unreadable(String why) implements FileText {
        @Override
        public String toString() {
            return "cannot be read (" + why + ")";
        }
    }
}
