"""What the counting statements say, in PostgreSQL's own words: one user's rows, in that user's zone.

A task's record is its row or, once it is deleted, the last image of it in the change log: what was done stays
done. Reopening changes the row, so it takes a completion back; the successor that a reopening removes was
never there.
"""

RECORD = """
deleted AS MATERIALIZED (
    SELECT DISTINCT ON (task_id) task_id, operation_id, occurred_at, before
    FROM task_change
    WHERE user_id = :owner AND kind = 'deleted'
    ORDER BY task_id, id DESC
),
record AS (
    SELECT id, status, priority, category, tags, tag_keys, due_at, due_wall, series_id, occurrence,
        created_at, completed_at, NULL::timestamptz AS deleted_at
    FROM task
    WHERE user_id = :owner
    UNION ALL
    SELECT image.*, deleted.occurred_at
    FROM deleted, jsonb_to_record(deleted.before) AS image(
        id bigint, status text, priority text, category text, tags text[], tag_keys text[],
        due_at timestamptz, due_wall timestamp, series_id bigint, occurrence integer,
        created_at timestamptz, completed_at timestamptz
    )
    WHERE NOT EXISTS (SELECT FROM task WHERE user_id = :owner AND task.id = deleted.task_id)
        AND NOT EXISTS (
            SELECT FROM task_change AS reopening
            WHERE reopening.user_id = :owner AND reopening.kind = 'reopened'
                AND reopening.operation_id = deleted.operation_id
        )
)
"""

# A skip leaves no instant on the row; the log has it.
FINISHED = """
finished AS MATERIALIZED (
    SELECT record.*, timezone(:zone, completed_at) AS completed_wall,
        CASE status WHEN 'completed' THEN completed_at WHEN 'skipped' THEN (
            SELECT max(occurred_at) FROM task_change
            WHERE user_id = :owner AND task_id = record.id AND kind = 'skipped'
        ) END AS finished_at
    FROM record
),
standing AS MATERIALIZED (
    SELECT *,
        status = 'completed' AND is_finished_within AS is_completed,
        status = 'skipped' AND is_finished_within AS is_skipped,
        is_open AND coalesce(due_at < :as_of, due_wall <= timezone(:zone, :as_of), false) AS is_overdue,
        coalesce(completed_at <= due_at, completed_wall < due_wall) AS is_on_time
    FROM (
        SELECT *,
            coalesce(finished_at < :end_at AND finished_at >= coalesce(:start_at, '-infinity'), false)
                AS is_finished_within,
            created_at < :end_at AND coalesce(finished_at >= :end_at, true)
                AND coalesce(deleted_at >= :end_at, true) AS is_open
        FROM finished
    ) AS placed
    WHERE is_open OR is_finished_within
)
"""

PATTERNS = """
pattern AS MATERIALIZED (
    SELECT id, coalesce(stopped_at >= :end_at, true)
        AND id IN (SELECT series_id FROM standing WHERE is_open) AS is_active
    FROM task_series
    WHERE user_id = :owner AND created_at < :end_at
        AND coalesce(stopped_at >= :start_at, true)
),
patterns AS (
    SELECT count(*) AS total_patterns, count(*) FILTER (WHERE is_active) AS active_patterns FROM pattern
),
missed AS (
    SELECT count(*) AS missed
    FROM missed_occurrence
    WHERE user_id = :owner AND scheduled_wall < :end_on + 1
        AND scheduled_wall >= coalesce(:start_on, '-infinity'::date)
),
turns AS (
    SELECT series_id, occurrence, status = 'completed' AS is_kept, false AS is_broken
    FROM finished
    WHERE series_id IS NOT NULL AND status = 'completed' AND finished_at < :end_at
    UNION ALL
    SELECT series_id, occurrence, false, true
    FROM missed_occurrence
    WHERE user_id = :owner AND recorded_at < :end_at
    UNION ALL
    SELECT series_id, occurrence, false, true
    FROM standing
    WHERE series_id IS NOT NULL AND is_overdue
),
runs AS (
    SELECT series_id, count(*) FILTER (WHERE is_kept) AS length,
        run = max(run) OVER (PARTITION BY series_id)
            AND series_id IN (SELECT id FROM pattern WHERE is_active) AS is_alive
    FROM (
        SELECT *, count(*) FILTER (WHERE is_broken) OVER (
            PARTITION BY series_id ORDER BY occurrence, is_broken
        ) AS run
        FROM turns
    ) AS numbered
    GROUP BY series_id, run
)
"""

# Counted by spelling first: few are left to be sorted for the latest.
GROUPS = """
tag_spellings AS (
    SELECT key, tag AS name, max(id) AS newest,
        count(*) FILTER (WHERE is_completed) AS completed,
        count(*) FILTER (WHERE is_open) AS pending,
        count(*) FILTER (WHERE is_overdue) AS overdue
    FROM standing, unnest(tags, tag_keys) AS tagged(tag, key)
    WHERE NOT is_skipped
    GROUP BY key, tag
),
category_spellings AS (
    SELECT category AS name, max(id) AS newest,
        count(*) FILTER (WHERE is_completed) AS completed,
        count(*) FILTER (WHERE is_open) AS pending,
        count(*) FILTER (WHERE is_overdue) AS overdue
    FROM standing
    WHERE category IS NOT NULL AND NOT is_skipped
    GROUP BY category
)
"""

FIGURES = """
SELECT
    (SELECT to_jsonb(figures) FROM (
        SELECT count(*) FILTER (WHERE is_completed) AS completed,
            count(*) FILTER (WHERE is_open) AS pending,
            count(*) FILTER (WHERE is_overdue) AS overdue
        FROM standing
    ) AS figures) AS completion,
    (SELECT jsonb_object_agg(lower(priority), number) FROM (
        SELECT priority, count(*) AS number FROM standing WHERE NOT is_skipped GROUP BY priority
    ) AS figures) AS priorities,
    (SELECT to_jsonb(figures) FROM (
        SELECT patterns.*, missed.*, coalesce(max(runs.length), 0) AS longest_streak,
            coalesce(max(runs.length) FILTER (WHERE is_alive), 0) AS current_streak,
            (SELECT to_jsonb(counted) FROM (
                SELECT count(*) FILTER (WHERE is_completed) AS completed,
                    count(*) FILTER (WHERE is_open) AS pending,
                    count(*) FILTER (WHERE is_overdue) AS overdue,
                    count(*) FILTER (WHERE is_skipped) AS skipped
                FROM standing WHERE series_id IS NOT NULL
            ) AS counted) AS instances
        FROM patterns CROSS JOIN missed LEFT JOIN runs ON true
        GROUP BY total_patterns, active_patterns, missed
    ) AS figures) AS recurring,
    (SELECT to_jsonb(figures) FROM (
        SELECT count(is_on_time) AS dated, count(*) FILTER (WHERE is_on_time) AS on_time,
            percentile_cont(0.5) WITHIN GROUP (
                ORDER BY extract(epoch FROM completed_at - created_at) / 3600.0
            ) AS median_lead_hours
        FROM standing WHERE is_completed
    ) AS figures) AS pace,
    (SELECT jsonb_object_agg(weekday, number) FROM (
        SELECT extract(isodow FROM completed_wall)::int AS weekday, count(*) AS number
        FROM standing WHERE is_completed GROUP BY 1
    ) AS figures) AS weekdays,
    (SELECT jsonb_object_agg(hour, number) FROM (
        SELECT extract(hour FROM completed_wall)::int AS hour, count(*) AS number
        FROM standing WHERE is_completed GROUP BY 1
    ) AS figures) AS hours,
    (SELECT jsonb_agg(to_jsonb(figures)) FROM (
        SELECT (array_agg(name ORDER BY newest DESC))[1] AS name, sum(completed) AS completed,
            sum(pending) AS pending, sum(overdue) AS overdue
        FROM tag_spellings GROUP BY key
        ORDER BY sum(completed) + sum(pending) DESC, key LIMIT :group_limit
    ) AS figures) AS tags,
    (SELECT jsonb_agg(to_jsonb(figures)) FROM (
        SELECT (array_agg(name ORDER BY newest DESC))[1] AS name, sum(completed) AS completed,
            sum(pending) AS pending, sum(overdue) AS overdue
        FROM category_spellings GROUP BY lower(name)
        ORDER BY sum(completed) + sum(pending) DESC, lower(name) LIMIT :group_limit
    ) AS figures) AS categories,
    (SELECT jsonb_object_agg(day, number) FROM (
        SELECT completed_wall::date AS day, count(*) AS number
        FROM finished WHERE status = 'completed' GROUP BY 1
    ) AS figures) AS completed_days,
    (SELECT jsonb_object_agg(day, number) FROM (
        SELECT timezone(:zone, due_at)::date AS day, count(*) AS number
        FROM task
        WHERE user_id = :owner AND status = 'pending' AND due_at IS NOT NULL
            AND due_wall BETWEEN :today_on - 2 AND :horizon_on + 2
        GROUP BY 1
    ) AS figures) AS due_at_days,
    (SELECT jsonb_object_agg(due_on, number) FROM (
        SELECT due_on, count(*) AS number
        FROM task
        WHERE user_id = :owner AND status = 'pending' AND due_at IS NULL
            AND due_wall BETWEEN :today_on AND :horizon_on + 1
        GROUP BY 1
    ) AS figures) AS due_on_days
"""

DAYS = """
SELECT
    (SELECT jsonb_object_agg(day, number) FROM (
        SELECT timezone(:zone, created_at)::date AS day, count(*) AS number
        FROM record GROUP BY 1
    ) AS figures) AS created_days,
    (SELECT jsonb_object_agg(day, number) FROM (
        SELECT timezone(:zone, completed_at)::date AS day, count(*) AS number
        FROM record WHERE status = 'completed' GROUP BY 1
    ) AS figures) AS completed_days
"""

# Two occurrences of a series can be pending at once; what is to come follows the later one.
COMING = """
SELECT rule AS series_rule, basis AS series_basis, catch_up AS series_catch_up, timezone AS series_timezone,
    starts_wall AS series_starts_wall, has_time AS series_has_time, newest.occurrence, newest.scheduled_wall
FROM (
    SELECT DISTINCT ON (series_id) series_id, occurrence, scheduled_wall
    FROM task
    WHERE user_id = :owner AND status = 'pending' AND series_id IS NOT NULL
    ORDER BY series_id, occurrence DESC
) AS newest
JOIN task_series AS series ON series.user_id = :owner AND series.id = newest.series_id
WHERE stopped_at IS NULL AND newest.scheduled_wall < :horizon_on + 2
ORDER BY newest.scheduled_wall, series.id
LIMIT :series_limit
"""
