"""F20: a department's database that was restored from a backup, in each of the ways it happens."""

from __future__ import annotations

import shutil
from collections.abc import Iterator

import psycopg
import pytest
from hypothesis import given
from hypothesis import strategies as st

from civicbus.connect.inputs.batches import InputChangedError
from civicbus.connect.inputs.outbox_place import Cluster, Last, Place, rewound
from civicbus.demo.postgres import PostgresCluster
from tests.connect.inputs.outboxes import insert, prepare, reading


@pytest.fixture
def outbox(database: str) -> str:
    prepare(database)
    return database


@pytest.fixture
def cluster(postgres: str) -> Iterator[PostgresCluster]:
    """A server of the test's own, to be stopped and restored."""
    assert postgres
    with PostgresCluster() as cluster:
        prepare(cluster.conninfo)
        yield cluster


class Backup:
    """A copy of a server's folder, taken while it is stopped."""

    def __init__(self, cluster: PostgresCluster) -> None:
        self._cluster = cluster
        self._copy = cluster.data.with_name("backup")
        cluster.stop()
        shutil.copytree(cluster.data, self._copy, copy_function=_copy)
        cluster.start()

    def restore(self) -> None:
        """Put the copy in the folder's place."""
        self._cluster.stop()
        shutil.rmtree(self._cluster.data)
        shutil.copytree(self._copy, self._cluster.data, copy_function=_copy)
        self._cluster.own()
        self._cluster.start()


def _copy(source: str, target: str) -> None:
    shutil.copy2(source, target)


async def test_a_row_that_was_published_and_is_gone_stops_the_connector_until_somebody_looks(
    cluster: PostgresCluster,
) -> None:
    with psycopg.connect(cluster.conninfo, autocommit=True) as writer:
        kept = insert(writer, 1, 2)
    backup = Backup(cluster)
    with psycopg.connect(cluster.conninfo, autocommit=True) as writer:
        insert(writer, 3)
    async with reading(cluster.conninfo) as reader:
        await reader.catch_up()
        assert len(reader.ids) == 3
    backup.restore()
    with psycopg.connect(cluster.conninfo, autocommit=True) as writer:
        new = insert(writer, *range(4, 40))
    for _ in range(2):
        with pytest.raises(InputChangedError, match=r"restored from a backup.*--anew"):
            async with reading(cluster.conninfo, reader.position) as again:
                await again.next()
        assert again.ids == []
    async with reading(cluster.conninfo) as anew:
        await anew.catch_up()
    assert anew.ids == kept + new


async def test_rows_that_bear_numbers_which_were_read_once_are_not_passed_over(
    cluster: PostgresCluster,
) -> None:
    """The last row that was read is in the backup, but other transactions had gone on."""
    with psycopg.connect(cluster.conninfo, autocommit=True) as writer:
        kept = insert(writer, 1)
    backup = Backup(cluster)
    with psycopg.connect(cluster.conninfo, autocommit=True) as writer:
        for _ in range(50):
            writer.execute("SELECT pg_current_xact_id()")
    async with reading(cluster.conninfo) as reader:
        await reader.catch_up()
        assert reader.ids == kept
    backup.restore()
    with psycopg.connect(cluster.conninfo, autocommit=True) as writer:
        new = insert(writer, *range(2, 12))
    async with reading(cluster.conninfo, reader.position) as again:
        await again.catch_up()
    assert again.ids == new


async def test_an_emptied_outbox_stops_the_connector(outbox: str) -> None:
    with psycopg.connect(outbox, autocommit=True) as writer:
        insert(writer, 1, 2)
        async with reading(outbox) as reader:
            await reader.catch_up()
            writer.execute("TRUNCATE civicbus_outbox RESTART IDENTITY")
            insert(writer, 3, 4)
            with pytest.raises(InputChangedError, match="the last row"):
                await reader.next()


async def test_old_rows_may_go_as_the_instructions_say(outbox: str) -> None:
    with psycopg.connect(outbox, autocommit=True) as writer:
        rows = insert(writer, 1, 2, 3)
        async with reading(outbox) as reader:
            await reader.catch_up()
            writer.execute(
                "DELETE FROM civicbus_outbox "
                "WHERE position < (SELECT max(position) FROM civicbus_outbox)"
            )
            new = insert(writer, 4)
            await reader.catch_up()
    assert reader.ids == rows + new


async def test_another_server_with_the_same_rows_stops_the_connector(
    outbox: str, cluster: PostgresCluster
) -> None:
    """As after a dump: the rows are there, and transactions are numbered from the beginning."""
    with psycopg.connect(outbox, autocommit=True) as writer:
        insert(writer, 1, 2)
        rows = writer.execute("SELECT * FROM civicbus_outbox").fetchall()
    async with reading(outbox) as reader:
        await reader.catch_up()
    with psycopg.connect(cluster.conninfo, autocommit=True) as other:
        other.execute("DROP TRIGGER civicbus_outbox_stamp ON civicbus_outbox")
        for row in rows:
            other.execute(
                "INSERT INTO civicbus_outbox OVERRIDING SYSTEM VALUE "
                "VALUES (%s, %s, %s, %s, %s::text::jsonb, %s, %s::text::xid8, %s)",
                [*row[:4], "{}", *row[5:]],
            )
    with pytest.raises(InputChangedError):
        async with reading(cluster.conninfo, reader.position) as again:
            await again.next()


async def test_the_position_of_another_way_in_is_none(outbox: str) -> None:
    with pytest.raises(InputChangedError, match="another way in"):
        async with reading(outbox, {"input": "folder"}) as reader:
            await reader.next()


SNAPSHOTS = st.integers(3, 50).flatmap(
    lambda oldest: st.tuples(
        st.just(oldest), st.integers(oldest, 60), st.sets(st.integers(oldest, 59))
    )
)


@given(SNAPSHOTS, st.integers(3, 70))
def test_a_snapshot_that_is_rewound_counts_nothing_from_there_on_as_ended(
    parts: tuple[int, int, set[int]], transaction: int
) -> None:
    oldest, next_, running = parts
    running = {number for number in running if number < next_}
    before = f"{oldest}:{next_}:{','.join(map(str, sorted(running)))}"
    after = rewound(before, transaction)
    for number in range(1, 80):
        expected = _had_ended(before, number) and number < transaction
        assert _had_ended(after, number) == expected


def _had_ended(snapshot: str, number: int) -> bool:
    """As PostgreSQL's pg_visible_in_snapshot."""
    oldest, next_, running = snapshot.split(":")
    if number < int(oldest):
        return True
    return number < int(next_) and str(number) not in running.split(",")


def test_a_place_in_the_middle_of_two_snapshots_holds_while_the_server_runs() -> None:
    server = Cluster("system", "Monday")
    place = Place("5:5:", "9:9:", 7, 3, Last(7, 3, "id"), server)
    assert Place.of(place.kept()) == place
    assert place.reopened(server) == place
    restarted = Cluster("system", "Tuesday")
    assert place.reopened(restarted) == Place("5:5:", last=Last(7, 3, "id"), cluster=restarted)
    ended = place.ended()
    assert ended.reopened(server).after == "8:8:"


def test_transactions_that_are_numbered_anew_stop_the_connector() -> None:
    place = Place("9:9:", last=Last(7, 3, "id"), cluster=Cluster("system", "Monday"))
    place.check("id", 8)
    with pytest.raises(InputChangedError, match="numbered anew"):
        place.check("id", 7)
