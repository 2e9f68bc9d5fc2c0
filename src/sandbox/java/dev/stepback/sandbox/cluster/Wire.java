package dev.stepback.sandbox.cluster;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** The fields of one protobuf message, one after the other. */
final class Wire {
    private static final int VARINT = 0;
    private static final int FIXED64 = 1;
    private static final int BYTES = 2;
    private static final int FIXED32 = 5;

    private final byte[] message;
    private int at;
    private int number;
    private long scalar;
    private byte[] bytes = new byte[0];

    Wire(byte[] message) {
        this.message = message;
    }

    /** Goes to the next field; false at the end. */
    boolean next() {
        if (at >= message.length) {
            return false;
        }
        long key = varint();
        number = (int) (key >>> 3);
        scalar = 0;
        bytes = new byte[0];
        switch ((int) (key & 7)) {
            case VARINT -> scalar = varint();
            case FIXED64 -> bytes = take(8);
            case FIXED32 -> bytes = take(4);
            case BYTES -> bytes = take((int) varint());
            default -> throw Failures.badRequest("the protobuf message is broken");
        }
        return true;
    }

    /** Which field it is. */
    int number() {
        return number;
    }

    long number64() {
        return scalar;
    }

    byte[] bytes() {
        return bytes;
    }

    String text() {
        return new String(bytes, StandardCharsets.UTF_8);
    }

    /** Whether the field says nothing. */
    boolean isZero() {
        return scalar == 0 && bytes.length == 0;
    }

    private byte[] take(int length) {
        if (length < 0 || length > message.length - at) {
            throw Failures.badRequest("the protobuf message is cut off");
        }
        at += length;
        return Arrays.copyOfRange(message, at - length, at);
    }

    private long varint() {
        long value = 0;
        for (int shift = 0; shift < 64; shift += 7) {
            byte next = take(1)[0];
            value |= (long) (next & 0x7f) << shift;
            if (next >= 0) {
                return value;
            }
        }
        throw Failures.badRequest("the protobuf message is broken");
    }
}
