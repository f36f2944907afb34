"""What `make bench` measures: ours and the peers on the same work in the same call.

One file a subject: `works` and `trained` make the networks, `pairs` measures two sides by turns,
`peer` keeps a peer's program alive between its turns, `sides` names who is measured on what,
`bounds` asks how near the machine's limit we are, `scaling`, `starting` and `memory` measure what
the rest costs, `lines` holds the results against what was promised, `document` writes the page.
"""
