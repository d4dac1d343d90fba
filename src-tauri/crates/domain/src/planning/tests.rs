mod by_hand;
mod examples;
mod hostile;
mod made_up;
mod order;
mod properties;
mod speed;
mod world;
