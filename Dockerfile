# docker build -t stepback .
FROM maven:3-eclipse-temurin-25 AS build
WORKDIR /build
COPY pom.xml ./
COPY .mvn .mvn
COPY src/main src/main
RUN mvn -B -q -ntp package -Dmaven.test.skip=true

FROM eclipse-temurin:25-jre-alpine
RUN addgroup -g 10001 stepback && adduser -D -H -u 10001 -G stepback stepback
WORKDIR /opt/stepback
# The dependencies change less often than the bot: a layer of their own.
COPY --from=build /build/target/lib lib
COPY --from=build /build/target/stepback.jar /build/target/bom.json ./
USER 10001:10001
EXPOSE 8080
# Not in JAVA_TOOL_OPTIONS: the JVM would announce them on a line that is no JSON.
ENTRYPOINT ["java", "-XX:+UseSerialGC", "-XX:MaxRAMPercentage=60", "-XX:+ExitOnOutOfMemoryError", \
            "-jar", "/opt/stepback/stepback.jar"]
