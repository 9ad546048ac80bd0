from tests.factories import SmallWorld, texts


def test_a_notice_becomes_a_view_and_the_log_grows(world: SmallWorld) -> None:
    world.police_notice()
    world.allocate("sally", lead=True)
    world.open()
    before = len(world.entries())
    shown = world.view("sally")
    assert "hands on my ears" in texts(shown)
    assert len(world.entries()) == before + 1
    assert world.hub.sequencer.run_once() > 0
