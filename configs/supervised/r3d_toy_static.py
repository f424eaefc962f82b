# The same trained on one frame of each video, repeated, and tested on normal clips: what the scene
# and the pose alone teach (DSM, Fig. 1; BE, section 4.5).
_base_ = './r3d_toy.py'

train_dataloader = dict(dataset=dict(pipeline=dict(freeze=dict(type='StaticClip'))))
