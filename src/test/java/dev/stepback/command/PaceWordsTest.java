package dev.stepback.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stepback.target.Operation;
import dev.stepback.target.PlanOptions;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** “fast” and “by partition”. */
class PaceWordsTest {
    private static Command.Rollback rollback(String text) {
        Command command = CommandParser.parse(text);
        assertThat(command).isInstanceOf(Command.Rollback.class);
        return (Command.Rollback) command;
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "checkout fast to 3 because it burns",
                "fast checkout to 3 because it burns",
                "to 3 Fast checkout because it burns",
                "undo checkout to 3 --fast because it burns",
                "checkout \u2014fast to 3 because it burns",
                "checkout fast fast to 3 because it burns"
            })
    void fast_isReadInAnyOrder(String text) {
        Command.Rollback rollback = rollback(text);
        assertThat(rollback.options()).isEqualTo(new PlanOptions(true, false, false));
        assertThat(rollback.target().name()).isEqualTo("checkout");
        assertThat(rollback.to()).isEqualTo(OptionalLong.of(3));
        assertThat(rollback.operation()).isEqualTo(Operation.UNDO);
        assertThat(rollback.reason()).isEqualTo("it burns");
    }

    @ParameterizedTest
    @ValueSource(strings = {"db by partition", "by partition db", "by partitions sts/db", "db --by-partition"})
    void byPartition_isReadInAnyOrder(String text) {
        assertThat(rollback(text).options()).isEqualTo(new PlanOptions(false, true, false));
        assertThat(rollback(text).target().name()).isEqualTo("db");
    }

    @Test
    void reason_isNotReadForIt() {
        assertThat(rollback("checkout because it is not fast").options()).isEqualTo(PlanOptions.NONE);
    }

    @Test
    void targetOfThatName_isWrittenWithItsKind() {
        assertThat(rollback("deployment/fast fast").target().name()).isEqualTo("fast");
        assertThat(rollback("production/partition").target().name()).isEqualTo("partition");
    }

    @ParameterizedTest
    @ValueSource(strings = {"fast because a  b", "to 3 by partition because x", "to 3 fast", "by partition", "fast"})
    void remaining_keepsIt(String rest) {
        Command.Rollback rollback = rollback("checkout " + rest);
        assertThat(rollback.remaining()).isEqualTo(rest);
        assertThat(CommandParser.parse("checkout " + rollback.remaining())).isEqualTo(rollback);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "checkout restart fast       | restart, target checkout, fast         | belongs to a rollback",
                "checkout status fast        | status, target checkout, fast          | belongs to a rollback",
                "list fast                   | list, fast                             | belongs to a rollback",
                "db history by partition     | history, target db, by partition       | belongs to a rollback",
                "db fast by partition        | target db, fast, by partition          | are opposites",
                "fast                        | fast                                   | A target is missing",
                "db by hand                  | target db                              | followed by “partition”",
                "db fast by                  | target db, fast                        | followed by “partition”"
            })
    void whatMakesNoSense_isToldWithWhatWasUnderstood(String text, String understood, String problem) {
        Command command = CommandParser.parse(text);
        assertThat(command).isInstanceOf(Command.NotUnderstood.class);
        Command.NotUnderstood not = (Command.NotUnderstood) command;
        assertThat(not.problem()).contains(problem);
        assertThat(not.understood()).isEqualTo(understood);
        assertThat(CommandParser.parse(not.instead())).isNotInstanceOf(Command.NotUnderstood.class);
    }
}
