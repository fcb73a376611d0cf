"""A purge entered anywhere is obeyed everywhere, also by a region that was away."""

import time

from world.configuration import CONFIRM_SECONDS
from world.scenarios import Scene, check, eventually, is_new, is_old, scenario
from world.settings import REGIONS

# A variant of this is above what Redis keeps, so that it outlives Redis in the store.
BIG = "w-600,f-png"


@scenario("a purge entered in one region is obeyed in all")
def everywhere(scene: Scene) -> str:
    seconds = []
    for entered in ("ap-southeast-2", "us-east"):
        word = scene.word()
        path = scene.path("atlantic", word)
        check(all(is_old(answer) for answer in scene.visits(REGIONS, path).values()), "not all were filled")
        check(is_old(scene.at_node("tokyo", path, cached=True)), "the node was not filled")
        check(scene.at_node("tokyo", path, cached=True)["x-world-cache"] == "HIT", "the node kept nothing")
        scene.world.origins["us"].change_words([word])
        check(all(is_old(answer) for answer in scene.visits(REGIONS, path).values()), "new before the purge")
        seconds.append(scene.world.purge("atlantic", f"plain/{word}/*", region=entered))
        answers = scene.visits(REGIONS, path)
        check(all(is_new(answer) for answer in answers.values()), "old after the purge was completed:", answers)
        check(is_new(scene.at_node("tokyo", path, cached=True)), "the node answers with old bytes")
        check(scene.fetches(word) == 2, f"{scene.fetches(word)} fetches; one before and one after were enough")
    return "completed after " + " and ".join(f"{value:.1f} s" for value in seconds) + "; one fetch made all anew"


@scenario("a region that was down during a purge obeys it before it answers")
def was_down(scene: Scene) -> str:
    away, word = "ap-southeast", scene.word()
    path, big = scene.path("atlantic", word), f"/atlantic/shop/tr:{BIG}/noise/{word}/0.jpg"
    for one in (path, big):
        check(all(answer.status == 200 for answer in scene.visits(REGIONS, one).values()), "not all were filled")
    old = scene.visit(away, big).body
    check(scene.visit(away, big).cache == "store", f"the big variant came from {scene.visit(away, big).cache}")
    scene.kill(away)
    scene.world.origins["us"].change_words([word])
    seconds = scene.world.purge("atlantic", "*", region="us-west")
    check(all(is_new(answer) for answer in scene.visits(scene.others(away), path).values()), "old after Completed")
    scene.restore(away)
    # The very first answers.
    first, first_big = scene.visit(away, path), scene.visit(away, big)
    check(is_new(first), "the region came back with old bytes", first)
    check(first_big.status == 200 and first_big.body != old, "the region's store came back with old bytes")
    return f"completed without it after {seconds:.1f} s; its first answers were new, though its store had the old"


@scenario("a region that is cut off says that it may be stale, and obeys once it hears again")
def was_cut_off(scene: Scene) -> str:
    away, word = "ap-southeast-2", scene.word()
    path = scene.path("atlantic", word)
    check(all(is_old(answer) for answer in scene.visits(REGIONS, path).values()), "not all were filled")
    scene.cut_off(away)
    scene.world.origins["us"].change_words([word])
    request_id = scene.world.enter_purge("atlantic", f"plain/{word}/*", region="eu-central")
    answer = eventually(
        lambda: (answer := scene.visit(away, path)) and answer["x-apus-stale"] == "true" and answer,
        CONFIRM_SECONDS + 15, "the cut off region marks its answers",
    )
    check(is_old(answer), "it has heard nothing, and yet:", answer)
    control = answer["Cache-Control"]
    ages = [int(word.partition("=")[2]) for word in control.split(", ") if "max-age" in word or "s-maxage" in word]
    check(ages and max(ages) <= 60, control)
    eventually(
        lambda: scene.world.purge_status("atlantic", request_id, "eu-central") == "Completed",
        CONFIRM_SECONDS + 30, "the purge is completed without the region that is cut off",
    )
    scene.heal()
    begun = time.monotonic()

    def is_well() -> bool:
        answer = scene.visit(away, path)
        check(is_new(answer) or answer["x-apus-stale"] == "true", "an old answer without the mark")
        return is_new(answer) and answer["x-apus-stale"] is None

    eventually(is_well, 30, "the region is well again")
    return f"marked with {control!r}; new and unmarked {time.monotonic() - begun:.1f} s after it heard again"
