extension Declaration {
    /// Every metric of a host, declared once, in the order of the text.
    package static let table: [Declaration] = [
        .counter(
            "apus_answers_total",
            "Answers of the workers by status and by the tier that had the bytes; hits of the edge cache are not seen.",
            Counter.answers),
        .histogram(
            "apus_request_duration_seconds", "Time from accepting a request to the end of its answer.", .requestSeconds),
        .counter(
            "apus_shed_requests_total", "Requests answered 503 at once because too many were waiting.",
            Counter.shedRequests),
        .counter(
            "apus_stale_answers_total", "Expired copies served because their origin or home was away.",
            Counter.staleAnswers),
        .counter(
            "apus_coalesced_requests_total", "Requests that waited for what somebody else was making already.",
            Counter.coalesced),

        .counter("apus_cache_lookups_total", "Look-ups in the internal cache.", Counter.lookups),
        .counter(
            "apus_cache_entries_total", "Entries that were to be kept in the internal cache, by what became of them.",
            Counter.entries),
        .counter("apus_redis_errors_total", "Redis commands without an answer of use.", Counter.redisErrors),
        .counter(
            "apus_redis_breaker_openings_total", "Times that a worker stopped asking Redis for a while.",
            Counter.redisBreakerOpenings),
        .counter("apus_store_errors_total", "Store operations that failed.", Counter.storeErrors),

        .gauge("apus_store_bytes", "Bytes in the store that count for its limit.", .storeBytes),
        .gauge("apus_store_limit_bytes", "The most bytes that the store may hold; 0 is no limit.", .storeLimitBytes),
        .counter("apus_store_evictions_total", "Entries evicted from the store for room.", Counter.evictions),
        .counter("apus_store_evicted_bytes_total", "Bytes evicted from the store for room.", Counter.evictedBytes),
        .counter("apus_purges_total", "Purges asked for.", Counter.purges),
        .gauge("apus_purge_rules", "Purge rules that entries are checked against.", .purgeRules),

        .counter("apus_origin_requests_total", "Originals asked for at origins.", Counter.originRequests),
        .counter(
            "apus_origin_breaker_openings_total", "Times that a worker stopped asking an origin for a while.",
            Counter.originBreakerOpenings),
        .counter(
            "apus_background_refreshes_total", "Expired copies looked after once they were served.",
            Counter.refreshes),
        .counter("apus_saved_originals_total", "Originals copied into the store.", Counter.savedOriginals),

        .counter("apus_renders_total", "Renders by their end.", Counter.renders),
        .histogram(
            "apus_render_duration_seconds", "Time that a render process worked on a variant.", .renderSeconds),
        .histogram(
            "apus_render_queue_seconds", "Time that a render waited for a render process.", .renderQueueSeconds),
        .counter("apus_render_jobs_total", "Renders done, by the lane that they waited in.", Counter.renderJobs),
        .counter(
            "apus_render_refusals_total", "Renders refused: they would have waited in vain, or lacked memory.",
            Counter.renderRefusals),
        .gauge(
            "apus_render_waiting_jobs", "Renders that wait, in the worker that answers this.", Gauge.renderWaiting),
        .counter("apus_worker_starts_total", "Worker processes started.", Counter.workerStarts),

        .counter(
            "apus_region_questions_total", "Questions to home regions by what became of them.",
            Counter.regionQuestions),
        .counter(
            "apus_region_bypasses_total", "Questions that a home region did not answer, by the reason.",
            Counter.bypasses),
        .counter(
            "apus_region_requests_total", "Requests that came in the name of a region.", Counter.regionRequests),
        .counter("apus_region_exchanges_total", "Exchanges of purges with other regions.", Counter.regionExchanges),
        .counter("apus_region_adopted_rules_total", "Purge rules that came from other regions.", Counter.adoptedRules),
        .gauge("apus_region_up", "Whether questions go to that region.", .up),
        .gauge("apus_region_heard_seconds", "Age of the last news of that region's purges.", .heardSeconds),
        .gauge(
            "apus_region_other_configuration", "Whether that region runs another configuration.", .otherConfiguration),
        .gauge(
            "apus_region_clock_difference_seconds", "How far that region's clock differs from this one's.",
            .clockSeconds),
        .gauge(
            "apus_region_confirmed", "Whether answers go out unmarked, as other regions' purges are known.",
            .regionConfirmed, needsRegions: true),

        .counter("apus_cdn_calls_total", "Calls to CDNs in front by what came of them.", Counter.cdnCalls),
        .counter(
            "apus_cdn_purges_total", "Purges of which a CDN was told, or was not to be told any more.",
            Counter.cdnPurges),
        .gauge("apus_cdn_waiting_purges", "Purges of which a CDN has yet to be told.", .cdnWaiting),
        .gauge(
            "apus_cdn_oldest_purge_seconds", "Age of the oldest purge of which a CDN has yet to be told.",
            .cdnOldestSeconds),
    ]
}
