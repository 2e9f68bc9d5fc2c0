package dev.stepback.target.statefulset;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ImageVersionTest {

    @ParameterizedTest
    @CsvSource({
        "mysql:8.4, mysql:8.0, true",
        "mysql:8.0, mysql:8.4, false",
        "mysql:8.4, mysql:8.4, false",
        "docker.io/library/mysql:8.4, mysql:8.0, true",
        "mirror.example:5000/library/mysql:8.4, mysql:8.0.36-debian, true",
        "postgres:v16.2, postgres:v9.6, true",
        "postgres:10, postgres:9.6, true",
        "mysql:8, mysql:8.0, false",
        "mysql:8.4@sha256:aaaa, mysql:8.0@sha256:bbbb, true",
        "mysql:8.4, mariadb:8.0, false",
        "mysql, mysql:8.0, false",
        "mysql:latest, mysql:8.0, false",
        "registry.example:5000/mysql, mysql:8.0, false",
        "shop/db:9c41e07, shop/db:7f3a9c1, false",
        "shop/db:10b2c3d, shop/db:9, false",
        "mysql:8.4.0rc1, mysql:8.0, true",
        "shop/db:2024.11.20, shop/db:2024.11.19, true",
    })
    void downgrade_isRecognized(String now, String restored, boolean downgrade) {
        assertThat(ImageVersion.of(restored).olderThan(ImageVersion.of(now))).isEqualTo(downgrade);
    }
}
