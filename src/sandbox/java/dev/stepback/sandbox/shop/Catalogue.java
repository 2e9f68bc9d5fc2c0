package dev.stepback.sandbox.shop;

import io.fabric8.kubernetes.api.model.apps.DeploymentBuilder;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.List;

/** The shop's workloads: the usual ones, and one in every state that a rollback must know how to meet. */
final class Catalogue {
    private static final String DATABASE = "DATABASE_URL";
    private static final String PASSWORD = "DATABASE_PASSWORD";
    private static final String SHOP_DB = "postgres://checkout@db.shop.example:5432/shop";

    private static final String LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration";

    private Catalogue() {}

    static List<Workload> workloads() {
        return List.of(
                checkout(),
                cart(),
                payments("production"),
                search(),
                paused(),
                onlyOneRevision(),
                withoutHistory(),
                stuck(),
                payments("staging"),
                Workload.of(
                        "staging",
                        "recommendations",
                        1,
                        Release.of("0.3.0", "CI #301: first model", "256Mi", "MODEL", "popular"),
                        Release.of("0.4.0", "CI #312: collaborative filtering", "512Mi", "MODEL", "collaborative")));
    }

    private static Workload checkout() {
        return Workload.of(
                "production",
                "checkout",
                4,
                Release.of("1.3.8", "CI #1180: invoices as PDF", "256Mi", DATABASE, SHOP_DB, PASSWORD, "spring-2026"),
                Release.of("1.4.0", "CI #1204: guest checkout", "256Mi", DATABASE, SHOP_DB, PASSWORD, "spring-2026"),
                Release.of(
                        "1.4.1",
                        "CI #1211: fix rounding of VAT",
                        "256Mi",
                        DATABASE,
                        SHOP_DB,
                        PASSWORD,
                        "spring-2026",
                        "VAT_ROUNDING",
                        "half-up"),
                Release.of(
                        "1.4.2",
                        "CI #1219: retry the payment provider",
                        "384Mi",
                        DATABASE,
                        SHOP_DB,
                        PASSWORD,
                        "summer-2026",
                        "VAT_ROUNDING",
                        "half-up",
                        "PAYMENT_RETRIES",
                        "3"),
                Release.of(
                        "1.5.0",
                        "CI #1231: express checkout",
                        "512Mi",
                        DATABASE,
                        SHOP_DB,
                        PASSWORD,
                        "summer-2026",
                        "VAT_ROUNDING",
                        "half-up",
                        "PAYMENT_RETRIES",
                        "5",
                        "EXPRESS_CHECKOUT",
                        "true"));
    }

    private static Workload cart() {
        return Workload.of(
                "production",
                "cart",
                3,
                Release.of("2.7.0", "CI #880: carts survive a sign-in", "256Mi", "CACHE_TTL", "300"),
                Release.of("2.7.1", "CI #884: shorter cache", "256Mi", "CACHE_TTL", "60"),
                Release.of("2.8.0", "CI #893: share a cart", "256Mi", "CACHE_TTL", "60", "SHARING", "true"));
    }

    /** In two namespaces, so that its bare name is ambiguous. */
    private static Workload payments(String namespace) {
        return Workload.of(
                        namespace,
                        "payments",
                        2,
                        Release.of(
                                "3.1.4", "release 3.1.4", "512Mi", "PROVIDER", "acquirer-a", "API_TOKEN", "tok-3141"),
                        Release.of("3.2.0", "release 3.2.0: second provider", "512Mi", "PROVIDER", "acquirer-b"))
                .with(deployment -> deployment
                        .editSpec()
                        .withNewStrategy()
                        .withType("Recreate")
                        .endStrategy()
                        .endSpec());
    }

    /** Deployed with {@code kubectl apply}. */
    private static Workload search() {
        return Workload.of(
                        "production",
                        "search",
                        2,
                        Release.of("5.0.0", "CI #77: new index", "1Gi", "INDEX", "products-v5"),
                        Release.of("5.0.1", "CI #79: synonyms", "1Gi", "INDEX", "products-v5", "SYNONYMS", "true"),
                        Release.of(
                                "5.1.0", "CI #83: typo tolerance", "1Gi", "INDEX", "products-v6", "SYNONYMS", "true"))
                .with(Catalogue::applied);
    }

    private static DeploymentBuilder applied(DeploymentBuilder deployment) {
        return deployment
                .editMetadata()
                .addToAnnotations(LAST_APPLIED, Serialization.asJson(deployment.build()) + "\n")
                .endMetadata();
    }

    private static Workload paused() {
        return Workload.of(
                        "production",
                        "pricing",
                        2,
                        Release.of("1.9.0", "CI #410: price lists by country", "256Mi", "CURRENCY", "EUR"),
                        Release.of("1.9.1", "CI #415: discounts", "256Mi", "CURRENCY", "EUR"))
                .with(deployment -> deployment.editSpec().withPaused(true).endSpec());
    }

    private static Workload onlyOneRevision() {
        return Workload.of(
                "production",
                "gift-cards",
                1,
                Release.of("0.1.0", "CI #3: first release", "128Mi", "MAX_VALUE", "200"));
    }

    private static Workload withoutHistory() {
        return Workload.of(
                        "production",
                        "newsletter",
                        1,
                        Release.of("4.4.0", "CI #520: unsubscribe link", "128Mi", "BATCH", "100"),
                        Release.of("4.5.0", "CI #533: new layout", "128Mi", "BATCH", "500"))
                .with(deployment ->
                        deployment.editSpec().withRevisionHistoryLimit(0).endSpec());
    }

    private static Workload stuck() {
        return Workload.of(
                        "production",
                        "shipping",
                        2,
                        Release.of("2.1.0", "CI #640: parcel lockers", "256Mi", "CARRIERS", "3"),
                        Release.of("2.2.0-unready", "CI #652: live tracking", "256Mi", "CARRIERS", "4"))
                .with(deployment ->
                        deployment.editSpec().withProgressDeadlineSeconds(120).endSpec());
    }
}
