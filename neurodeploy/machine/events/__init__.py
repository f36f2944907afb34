"""Level L3: every message of a step through queues, links and cores, on an integer tick.

Charges that arrive in a step are seen by the next one's sweep, so every step is simulated alone,
from time 0. In it

- each core **sweeps** its neurons in the order in which they lie on it. A visit takes
  ``neuron_access``, an active neuron ``neuron_update`` on top, one that fires ``spike_out``, and
  each message, one a destination core in ascending order, ``axon_out``. Then the message enters the
  first queue of its route; while that is full, the sweep stands still.
- the **host** is one more sweep, of the inputs: ``host_in`` for each value that is not 0. Its way
  onto the chip is not known, so its messages go straight to the queues of their cores.
- a **link** carries messages along x, then along y, in the order in which they came to it. One
  starts if the link is free and the next queue of its route has a place, which it takes; it keeps
  the link for ``link_message``, leaves its own place at once, and arrives after ``hop_ew`` or
  ``hop_ns``. Each link and each core has one queue of ``link_buffer_messages`` places.
- a **core** takes messages from its queue one by one: ``axon_in``, then the list of synapses, the
  longer of its accumulation (``synapse_*`` and ``dendrite`` each) and its reading
  (``synapse_word`` each word).
- a place that becomes free goes to who has waited for it longest.

A step ends when the last sweep, core and link have come to rest, then the barrier (``sync``) and
the management (``management_step``); the last step also reads the outputs (``host_out`` each).

Events are taken in the order (tick, message), messages being numbered by sending core (the host
first), then by sweep; so the result does not depend on threads or on a queue's history.

It cannot lock up: along x, then y, no chain of links leads back to itself, and a core drains its
queue whatever its own sweep waits for. The entities and their prices are those of SANA-FE (Boyle et
al., IEEE TCAD 44(8), 2025); its queues are estimates of a whole route, these are kept message by
message.
"""
