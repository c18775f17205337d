"""The pulse of a database: the same as long as nothing was committed, another after every commit of anybody."""

from sqlalchemy import text

from shop.app.pulse import Pulse
from shop.kernel.edge import Edge
from tests.support.databases import engine_for

READ = text("SELECT count(*) FROM job_run")
WRITE = text("INSERT INTO job_run (name, every_s, runs, failures) VALUES (:name, 60, 0, 0)")


def test_the_pulse_changes_with_every_commit_and_not_with_reading(edge: Edge, database_url: str) -> None:
    pulse, elsewhere = Pulse(edge.engine), engine_for(database_url)
    first = pulse.beat()
    with edge.reading() as session:
        session.execute(READ)
    assert first is not None
    assert pulse.beat() == pulse.beat() == first
    seen: set[object] = {first}
    for number, engine in enumerate((edge.engine, elsewhere, edge.engine)):
        with engine.connect() as line:
            line.execute(WRITE, {"name": f"odd-{number}"})
            meanwhile = pulse.beat()
            line.commit()
        assert pulse.beat() != meanwhile, "a page that was made while another wrote must not outlive the commit"
        assert pulse.beat() not in seen
        seen.add(pulse.beat())
    elsewhere.dispose()
    pulse.close()


def test_a_lost_line_is_opened_again_and_never_taken_for_the_old_one(edge: Edge) -> None:
    pulse = Pulse(edge.engine)
    before = pulse.beat()
    pulse.close()
    after = pulse.beat()
    assert None not in (before, after)
    assert before != after
    pulse.close()
