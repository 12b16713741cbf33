"""One side of a scenario played to the end by a program, without a window: python docs/play_a_seat.py"""

import peacetable
from peacetable.seat.session import Session
from peacetable.words import log, outcome
from peacetable.words.catalogue import catalogue

session, words, told = Session(peacetable.load("venue-2025"), seed=1), catalogue(), 0
session.start("ukraine")
seat = session.at("ukraine")
while session.running:
    view, own = seat.view(), seat.mandate()
    good = [o for o in view.acceptable() if not own.refuses(o.package) and own.utility(o.package) > own.reservation]
    if not seat.awaiting:
        session.step()
    elif good and view.round > view.rounds / 2:
        seat.sign(max(good, key=lambda offer: own.utility(offer.package)).of)
    else:
        seat.propose(own.opening)
    for entry in seat.view().log[told:]:
        print(log.headline(entry, seat.facts, words, seat.party))
        told += 1
print(outcome.title(seat.facts, words, seat.view()), outcome.why(seat.facts, words, seat.view()))
